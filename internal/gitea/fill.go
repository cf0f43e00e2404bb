// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package gitea

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"communs/internal/sqlite"
)

// Adopt makes owner/name out of a repository without a work tree, or the .git of one, whose HEAD names the default branch. It is copied into the
// server's folder and adopted there, which takes a tenth of what a push does.
func (s *Server) Adopt(ctx context.Context, owner, name, bare string) error {
	there := filepath.Join(s.Dir, "repos", strings.ToLower(owner), strings.ToLower(name)+".git")
	if err := os.CopyFS(there, os.DirFS(bare)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(there, "config"), []byte("[core]\n\tbare = true\n"), 0o644); err != nil {
		return err
	}
	if err := s.API(ctx, http.MethodPost, "/admin/unadopted/"+owner+"/"+name, nil, nil); err != nil {
		return err
	}
	return s.API(ctx, http.MethodPatch, "/repos/"+owner+"/"+name, map[string]any{"private": false}, nil) // adopted, it is private
}

// AdoptAll makes the repositories owner/name of a list out of bare ones, four at a time.
func (s *Server) AdoptAll(ctx context.Context, names []string, bare func(i int) string) error {
	next, faults := make(chan int, len(names)), make(chan error, len(names))
	for i := range names {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range next {
				owner, name, _ := strings.Cut(names[i], "/")
				if err := s.Adopt(ctx, owner, name, bare(i)); err != nil {
					faults <- err
				}
			}
		})
	}
	wg.Wait()
	close(faults)
	return <-faults
}

// TokenFor makes a token of the administrator that may do only so much.
func (s *Server) TokenFor(ctx context.Context, name string, scopes ...string) (string, error) {
	var made struct {
		Token string `json:"sha1"`
	}
	err := s.ask(ctx, http.MethodPost, "/users/"+Admin+"/tokens", map[string]any{"name": name, "scopes": scopes}, &made,
		func(r *http.Request) { r.SetBasicAuth(Admin, password) })
	return made.Token, err
}

// Age sets back when every repository was last active, as if that time had passed since.
func (s *Server) Age(ctx context.Context, by time.Duration) error {
	db, err := sqlite.Open(ctx, filepath.Join(s.Dir, "gitea.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `UPDATE repository SET updated_unix = updated_unix - ?`, int64(by.Seconds())); err != nil {
		return fmt.Errorf("set back when repositories were active: %w", err)
	}
	return nil
}
