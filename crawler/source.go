// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"communs/crawler/heritage"
)

// ParseArg reads an argument of the command line: an http or https address, whose kind is found out when it is crawled unless it
// ends in .git, a folder that is a git repository, any other folder, or a go.mod file, for the modules of that build. A path that is not
// there may have been a repository.
func ParseArg(arg string) (SourceConfig, error) {
	if scheme, _, ok := strings.Cut(arg, "://"); ok && !strings.EqualFold(scheme, "file") {
		address, err := gitURL(arg)
		c := SourceConfig{Name: address, URL: address}
		if strings.HasSuffix(address, ".git") || isDaemon(address) {
			c.Kind = KindGit
		}
		return c, err
	} else if ok {
		u, err := url.Parse(arg)
		if err != nil || u.Path == "" {
			return SourceConfig{}, &AddressError{withoutUser(arg), "malformed"}
		}
		arg = filepath.FromSlash(u.Path)
	}
	if arg == "" {
		return SourceConfig{}, &AddressError{arg, "empty"}
	}
	fi, err := os.Stat(arg)
	if err != nil {
		if scpLike.MatchString(arg) {
			return SourceConfig{}, &AddressError{withoutUser(arg), "scheme"}
		}
	}
	abs, absErr := filepath.Abs(arg)
	if absErr != nil {
		return SourceConfig{}, pathError(arg, absErr)
	}
	c := SourceConfig{Name: abs, Path: abs}
	switch {
	case err != nil: // the crawl tells it: a repository that was mirrored has vanished, any other does not exist
		c.Kind = KindGit
	case !fi.IsDir() && filepath.Base(abs) == "go.mod":
		c.Kind = KindBuild
	case !fi.IsDir():
		return SourceConfig{}, &FetchError{URL: arg, Reason: ReasonLocal, Err: errors.New("neither a folder nor a go.mod file")}
	case isRepository(abs):
		c.Kind = KindGit
	default:
		c.Kind = KindFolder
	}
	return c, nil
}

// NewSource makes the source that the operator described, whose kind must be known ([Recognise]). Of cfg it uses the client, the
// user agent, the build information and the environment.
func NewSource(sc SourceConfig, cfg Config) (Source, error) {
	cfg = cfg.withDefaults()
	if err := sc.check(); err != nil {
		return nil, err
	}
	if err := sc.clean(); err != nil {
		return nil, err
	}
	token, err := sc.token(cfg)
	if err != nil {
		return nil, err
	}
	cfg.network.learnSource(sc)
	switch sc.Kind {
	case KindGit:
		if sc.URL != "" {
			return &oneRepository{repositoryAt(sc.URL, sc.Name)}, nil
		}
		return &oneRepository{localRepository(sc.Path, sc.Name)}, nil
	case KindFolder:
		return &folderSource{sc.Name, sc.Path}, nil
	case KindBuild:
		return &buildSource{sc.Name, sc.Path, cfg}, nil
	case KindGitLab:
		return newGitLab(sc, token, cfg), nil
	case KindGitHub:
		return newGitHub(sc, token, cfg), nil
	case KindGitea, KindForgejo, KindGogs:
		return newGitea(sc, token, cfg), nil
	case KindList:
		return newList(sc, token, cfg), nil
	case KindCatalogue:
		return newCatalogue(sc, token, cfg), nil
	case KindCGit, KindGitWeb:
		return newIndex(sc, cfg), nil
	case KindSWH:
		return newSWH(sc, token, cfg)
	}
	return nil, &ConfigError{sc.where("kind"), "kind", "missing", ""}
}

// clean gives name, address and path the one form that they are used in.
func (sc *SourceConfig) clean() error {
	sc.Name = sc.name()
	if sc.Kind == KindGitLab && sc.URL == "" {
		sc.URL = "https://gitlab.com"
	}
	if sc.Kind == KindSWH && sc.URL == "" {
		sc.URL = heritage.Address
	}
	if sc.URL != "" {
		address, err := sourceURL(sc.Kind, sc.URL)
		if err != nil {
			return &ListError{sc.where("url"), err}
		}
		sc.URL = address
	}
	if sc.Path != "" {
		abs, err := filepath.Abs(sc.Path)
		if err != nil {
			return &ListError{sc.where("path"), err}
		}
		sc.Path = abs
	}
	return nil
}

// sourceURL cleans a source's address. That of a list or an index may have a question behind it.
func sourceURL(kind, raw string) (string, error) {
	question := ""
	switch kind {
	case KindList, KindCatalogue, KindCGit, KindGitWeb:
		slash := ""
		if raw, question, _ = strings.Cut(strings.TrimSpace(raw), "?"); strings.HasSuffix(raw, "/") {
			slash = "/"
		}
		address, err := CanonicalURL(raw)
		if address += slash; question != "" {
			address += "?" + question
		}
		return address, err
	}
	if kind == KindGit {
		return gitURL(raw)
	}
	return CanonicalURL(raw)
}

// oneRepository is a source that holds a single repository, which it lists always: its references tell what changed.
type oneRepository struct{ repo Repository }

// Repositories yields the repository.
func (s *oneRepository) Repositories(context.Context, Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) { yield(s.repo, nil) }
}

// repositoryAt is what an address alone tells of a repository. It goes by the address that the operator gave.
func repositoryAt(address, source string) Repository {
	r := Repository{URL: address, Source: source}
	u, err := url.Parse(address)
	if err != nil {
		return r
	}
	dir, name := path.Split(strings.Trim(u.Path, "/"))
	r.Name = strings.TrimSuffix(name, ".git")
	if r.Owner = strings.Trim(dir, "/"); r.Owner == "" {
		r.Owner = u.Host
	}
	if r.Name == "" {
		r.Name = u.Host
	}
	return r
}

// localRepository is a repository or folder on this machine.
func localRepository(dir, source string) Repository {
	name := strings.TrimSuffix(filepath.Base(dir), ".git")
	if name == "" { // a bare repository called .git
		name = filepath.Base(filepath.Dir(dir))
	}
	return Repository{URL: fileURL(dir), Name: name, Owner: filepath.Base(filepath.Dir(dir)), Path: dir, Source: source}
}

// folderSource lists the git repositories below a folder; a folder without any is itself the one thing to mirror.
type folderSource struct {
	name, path string
}

// LooseFilesError tells of files that stand beside git repositories and belong to none.
type LooseFilesError struct {
	Path  string
	Count int
}

func (e *LooseFilesError) Error() string { return "files beside the repositories in " + e.Path }

// Message says it to people.
func (e *LooseFilesError) Message() (string, []any) {
	return "crawl.loose-files", []any{e.Count, e.Path}
}

// Repositories walks the folder. It does not look inside a repository that it has found, nor follow symbolic links.
func (s *folderSource) Repositories(ctx context.Context, _ Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		var found []string
		var unreadable []error
		loose := 0
		err := filepath.WalkDir(s.path, func(name string, e fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				if name == s.path {
					return err
				}
				unreadable = append(unreadable, &ListError{s.name, pathError(name, err)})
				return fs.SkipDir
			}
			if !e.IsDir() {
				loose++
				return nil
			}
			if isRepository(name) {
				found = append(found, name)
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			yield(Repository{}, &ListError{s.name, pathError(s.path, err)})
			return
		}
		if len(found) == 0 { // what is unreadable is counted when it is mirrored
			yield(localRepository(s.path, s.name), nil)
			return
		}
		for _, dir := range found {
			if !yield(localRepository(dir, s.name), nil) {
				return
			}
		}
		for _, err := range unreadable { // there may be repositories in it
			if !yield(Repository{}, err) {
				return
			}
		}
		if loose > 0 {
			yield(Repository{}, &SkipError{&LooseFilesError{s.path, loose}})
		}
	}
}

// SkipError wraps the reason why a source leaves something out, which is no failure.
type SkipError struct{ Err error }

func (e *SkipError) Error() string { return "left out: " + e.Err.Error() }

func (e *SkipError) Unwrap() error { return e.Err }
