// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// tracked is what git tracks below a folder, by slash-separated path.
type tracked struct {
	files, folders, modules map[string]bool
}

// trackedFiles reads the index of the work tree that a folder is, or is part of. It gives nil when it is none, when git tracks
// nothing of it, and when its index is of a kind that is not read here (a repository of SHA-256 names): all files count then.
func trackedFiles(dir string) (*tracked, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the folder: %w", err)
	}
	top, gitDir := workTree(dir)
	if gitDir == "" {
		return nil, nil
	}
	name := filepath.Join(gitDir, "index")
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read git's index: %w", err)
	}
	defer f.Close()
	var idx index.Index
	if index.NewDecoder(f).Decode(&idx) != nil {
		return nil, nil
	}
	below, err := filepath.Rel(top, dir)
	if err != nil {
		return nil, fmt.Errorf("find the folder in its work tree: %w", err)
	}
	return trackedBelow(&idx, filepath.ToSlash(below)), nil
}

// trackedBelow keeps what lies below one folder of the work tree.
func trackedBelow(idx *index.Index, below string) *tracked {
	t := &tracked{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, e := range idx.Entries {
		name := e.Name
		if below != "." {
			var within bool
			if name, within = strings.CutPrefix(name, below+"/"); !within {
				continue
			}
		}
		if e.Mode == filemode.Submodule {
			t.modules[name] = true
		} else {
			t.files[name] = true
		}
		for dir := path.Dir(name); dir != "." && !t.folders[dir]; dir = path.Dir(dir) {
			t.folders[dir] = true
		}
	}
	if len(t.files)+len(t.modules) == 0 {
		return nil
	}
	return t
}

// workTree finds the work tree that a folder lies in and its .git folder; both are empty when there is none.
func workTree(dir string) (top, gitDir string) {
	for top = dir; ; top = filepath.Dir(top) {
		at := filepath.Join(top, ".git")
		switch info, err := os.Stat(at); {
		case err != nil:
		case info.IsDir():
			return top, at
		case info.Mode().IsRegular():
			return top, linkedGitDir(at)
		}
		if top == filepath.Dir(top) {
			return "", ""
		}
	}
}

// linkedGitDir reads the .git file of a linked work tree or a submodule: "gitdir: PATH".
func linkedGitDir(file string) string {
	text, err := os.ReadFile(file)
	if err != nil || len(text) > 1<<16 {
		return ""
	}
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(file), dir)
	}
	return dir
}
