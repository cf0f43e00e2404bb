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
)

// ParseArg reads an argument of the command line: an http or https address, a folder that is a git repository, any
// other folder, or a go.mod file, for the modules of that build. A path that is not there may have been a repository.
func ParseArg(arg string) (SourceConfig, error) {
	if scheme, _, ok := strings.Cut(arg, "://"); ok && !strings.EqualFold(scheme, "file") {
		address, err := CanonicalURL(arg)
		return SourceConfig{Name: address, Kind: KindGit, URL: address}, err
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

// NewSource makes the source that the operator described. Of cfg it uses the client, the user agent, the build
// information and the environment.
func NewSource(sc SourceConfig, cfg Config) (Source, error) {
	cfg = cfg.withDefaults()
	sc.Name = sc.name()
	bad := func(field, problem, value string) (Source, error) {
		return nil, &ConfigError{sc.where(), field, problem, value}
	}
	if wantsPath(sc) {
		return bad("path", "path", sc.Kind)
	}
	if sc.URL != "" {
		address, err := CanonicalURL(sc.URL)
		if err != nil {
			return nil, &ListError{sc.where(), err}
		}
		sc.URL = address
	}
	if sc.Path != "" {
		abs, err := filepath.Abs(sc.Path)
		if err != nil {
			return nil, &ListError{sc.where(), err}
		}
		sc.Path = abs
	}
	token := ""
	if sc.TokenEnv != "" {
		if token = cfg.Env(sc.TokenEnv); token == "" {
			return bad("token_env", "no-token", sc.TokenEnv)
		}
	}
	cfg.network.learnSource(sc)
	switch sc.Kind {
	case KindGit:
		switch {
		case sc.URL != "":
			return &oneRepository{repositoryAt(sc.URL, sc.Name)}, nil
		case sc.Path != "":
			return &oneRepository{localRepository(sc.Path, sc.Name)}, nil
		}
		return bad("url", "missing", "")
	case KindFolder:
		if sc.Path == "" {
			return bad("path", "missing", "")
		}
		return &folderSource{sc.Name, sc.Path}, nil
	case KindBuild:
		return &buildSource{sc.Name, sc.Path, cfg}, nil
	case KindGitLab:
		if sc.URL == "" {
			sc.URL = "https://gitlab.com"
		}
		if sc.Group == "" {
			return bad("group", "missing", "")
		}
		return &gitlabSource{sc.Name, sc.URL, sc.Group, token, cfg}, nil
	case KindGitHub:
		if sc.Organisation == "" {
			return bad("organisation", "missing", "")
		}
		return &githubSource{sc.Name, sc.URL, sc.Organisation, token, cfg}, nil
	case "":
		return bad("kind", "missing", "")
	}
	return bad("kind", "unknown-kind", sc.Kind)
}

// wantsPath reports whether url is written where path is meant.
func wantsPath(sc SourceConfig) bool {
	switch sc.Kind {
	case KindFolder, KindBuild:
		return sc.URL != ""
	case KindGit:
		return filepath.IsAbs(sc.URL) || strings.HasPrefix(sc.URL, ".") || strings.HasPrefix(strings.ToLower(sc.URL), "file:")
	}
	return false
}

// name is how a source is called: as the operator said, or by what it brings.
func (sc SourceConfig) name() string {
	for _, n := range []string{sc.Name, sc.Path, withoutUser(sc.URL), sc.Group, sc.Organisation} {
		if n != "" {
			return n
		}
	}
	return sc.Kind
}

// where names a source that is not written as it must be, with its place when it has one.
func (sc SourceConfig) where() string {
	if sc.Place == "" || sc.name() == "" {
		return sc.Place + sc.name()
	}
	return sc.Place + ", " + sc.name()
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
