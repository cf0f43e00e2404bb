// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package gitea runs a real Gitea for tests and measurements: made from nothing in a folder of its own, filled through
// its API and through git, and ended with the test.
package gitea

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Server is a running Gitea.
type Server struct {
	URL   string // without a slash at its end
	Token string // of the administrator, for everything
	Dir   string // configuration, database and repositories

	cmd  *exec.Cmd
	log  *os.File
	done chan error
	env  []string
	bin  string
}

// Admin is the name of the administrator that every server has.
const Admin = "direction"

const password = "not-a-secret-at-all"

// configuration is app.ini. What would call home, send mail or run by itself is off; webhooks may reach this machine.
const configuration = `APP_NAME = a forge for tests
RUN_MODE = prod
WORK_PATH = %[1]s
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %[2]d
ROOT_URL = http://127.0.0.1:%[2]d/
STATIC_ROOT_PATH = %[3]s
DISABLE_SSH = true
OFFLINE_MODE = true
LFS_START_SERVER = true
[database]
DB_TYPE = sqlite3
PATH = %[1]s/gitea.db
SQLITE_JOURNAL_MODE = WAL
[repository]
ROOT = %[1]s/repos
ENABLE_PUSH_CREATE_ORG = true
ENABLE_PUSH_CREATE_USER = true
DEFAULT_PUSH_CREATE_PRIVATE = false
[security]
INSTALL_LOCK = true
SECRET_KEY = not-a-secret
PASSWORD_HASH_ALGO = pbkdf2_v2
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[log]
MODE = console
LEVEL = warn
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[packages]
ENABLED = false
[cron]
ENABLED = false
[cron.update_checker]
ENABLED = false
[mailer]
ENABLED = false
[migrations]
ALLOW_LOCALNETWORKS = true
`

// Start makes a Gitea in dir, an empty folder, and waits until it answers. home holds the program gitea and the folders
// templates, options and public of its release. The server lives until Stop, or until ctx ends.
func Start(ctx context.Context, home, dir string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Dir: dir, bin: filepath.Join(home, "gitea"), done: make(chan error, 1)}
	s.env = append(os.Environ(), "GITEA_WORK_DIR="+dir, "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	if err := os.WriteFile(s.ini(), fmt.Appendf(nil, configuration, dir, port, home), 0o600); err != nil {
		return nil, err
	}
	if _, err := s.run(ctx, "migrate"); err != nil {
		return nil, err
	}
	out, err := s.run(ctx, "admin", "user", "create", "--admin", "--username", Admin, "--password", password,
		"--email", Admin+"@example.org", "--must-change-password=false", "--access-token", "--access-token-scopes", "all")
	if err != nil {
		return nil, err
	}
	if s.Token = regexp.MustCompile(`\b[0-9a-f]{40}\b`).FindString(out); s.Token == "" {
		return nil, fmt.Errorf("gitea gave no token: %s", out)
	}
	return s, s.serve(ctx)
}

func (s *Server) ini() string { return filepath.Join(s.Dir, "app.ini") }

// freePort is a port that nobody listens on at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// run runs one of gitea's commands to its end.
func (s *Server) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.bin, append([]string{"--config", s.ini(), "--work-path", s.Dir}, args...)...)
	cmd.Env, cmd.Dir = s.env, s.Dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("gitea %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// serve starts the server and waits for its first answer.
func (s *Server) serve(ctx context.Context) error {
	var err error
	if s.log, err = os.Create(filepath.Join(s.Dir, "log.txt")); err != nil {
		return err
	}
	s.cmd = exec.CommandContext(ctx, s.bin, "--config", s.ini(), "--work-path", s.Dir, "web")
	s.cmd.Env, s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.env, s.Dir, s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start gitea: %w", err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	deadline := time.After(2 * time.Minute)
	for {
		if resp, err := http.Get(s.URL + "/api/healthz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-s.done:
			said, _ := os.ReadFile(s.log.Name())
			return fmt.Errorf("gitea ended: %v\n%s", err, said)
		case <-deadline:
			return errors.Join(errors.New("gitea does not answer"), s.Stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the server and waits until it is gone.
func (s *Server) Stop() error {
	defer s.log.Close()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	select {
	case <-s.done:
		return nil
	case <-time.After(20 * time.Second):
		return s.cmd.Process.Kill()
	}
}

// Pid is the process of the server.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// StatusError is an answer of the API that is no success.
type StatusError struct {
	Method, Path string
	Status       int
	Body         string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s: HTTP %d: %s", e.Method, e.Path, e.Status, e.Body)
}

// API asks the API as the administrator: in is sent as JSON unless it is nil, and the answer read into out unless that
// is nil. path begins behind /api/v1.
func (s *Server) API(ctx context.Context, method, path string, in, out any) error {
	return s.ask(ctx, method, path, in, out, func(r *http.Request) { r.Header.Set("Authorization", "token "+s.Token) })
}

// ask asks the API with whatever signs the request.
func (s *Server) ask(ctx context.Context, method, path string, in, out any, sign func(*http.Request)) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	sign(req)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
		return &StatusError{method, path, resp.StatusCode, string(text)}
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// Organisation makes an organisation.
func (s *Server) Organisation(ctx context.Context, name string) error {
	return s.API(ctx, http.MethodPost, "/orgs", map[string]any{"username": name, "visibility": "public"}, nil)
}

// Push sends the branch that a local repository stands on to owner/name, which is made when it is not there; force rewrites what
// is there.
func (s *Server) Push(ctx context.Context, dir, owner, name string, force bool) error {
	address := strings.Replace(s.URL, "://", "://"+Admin+":"+s.Token+"@", 1) + "/" + owner + "/" + name + ".git"
	args := []string{"-C", dir, "push", "--quiet", "--follow-tags", address, "HEAD:refs/heads/main"}
	if force {
		args = append(args, "--force")
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("push to %s/%s: %w\n%s", owner, name, err, out)
	}
	return nil
}

// Settle waits until the API tells of what was pushed to owner/name: Gitea works that out after its answer to git.
func (s *Server) Settle(ctx context.Context, owner, name string) error {
	for {
		var repo struct{ Empty bool }
		if err := s.API(ctx, http.MethodGet, "/repos/"+owner+"/"+name, nil, &repo); err != nil || !repo.Empty {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
