// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is one line of sources.txt.
type source struct{ from, name string }

func readSources(file string) (list []source, err error) {
	err = sourceLines(file, func(line string) error {
		s, err := parseSource(line)
		list = append(list, s)
		return err
	})
	return list, err
}

// sourceLines gives the lines of a list that say something, and names the one that is wrong.
func sourceLines(file string, read func(line string) error) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := read(line); err != nil {
			return fmt.Errorf("%s, line %d: %w", file, n, err)
		}
	}
	return nil
}

func parseSource(line string) (source, error) {
	from, name, ok := strings.Cut(line, "\t")
	if !ok || from != "debian" && from != "npm" {
		return source{}, errors.New("want debian or npm, a tab, a name")
	}
	return source{from, name}, nil
}

// fetchSources unpacks every source into a folder of its own below dir, where those of an earlier run are kept, and gives
// the folders. What cannot be had is named in the notes.
func fetchSources(ctx context.Context, list []source, dir string) (folders []string, notes string, err error) {
	apt := &aptSource{dir: filepath.Join(dir, ".apt")}
	for _, s := range list {
		folder := filepath.Join(dir, strings.NewReplacer("/", "-", "@", "-").Replace(s.name))
		if _, err := os.Stat(folder); err == nil {
			folders = append(folders, folder)
			continue
		}
		unpacked := folder + ".part"
		if err := os.RemoveAll(unpacked); err != nil {
			return nil, "", err
		}
		if err := os.MkdirAll(unpacked, 0o755); err != nil {
			return nil, "", err
		}
		if s.from == "npm" {
			err = fetchNPM(ctx, s.name, unpacked)
		} else {
			err = apt.fetch(ctx, s.name, unpacked)
		}
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		if err != nil {
			notes += fmt.Sprintf("- %s %s could not be had: not measured (%v).\n", s.from, s.name, err)
			continue
		}
		if err := os.Rename(unpacked, folder); err != nil {
			return nil, "", err
		}
		folders = append(folders, folder)
	}
	return folders, notes, nil
}

// fetchNPM unpacks a package of the registry that npm is set up with.
func fetchNPM(ctx context.Context, name, folder string) error {
	archive := folder + ".tgz"
	defer os.Remove(archive)
	pack := exec.CommandContext(ctx, "npm", "pack", "--silent", "--ignore-scripts", name)
	pack.Dir = folder
	out, err := quiet(pack)
	if err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(folder, lastLine(out)), archive); err != nil {
		return err
	}
	return unpack(ctx, archive, folder)
}

// aptSource gets source packages of the machine's own Debian mirror, without touching the machine's settings.
type aptSource struct {
	dir   string
	ready error // of prepare
	known bool
}

// fetch unpacks what the authors of a package published.
func (a *aptSource) fetch(ctx context.Context, name, folder string) error {
	if !a.known {
		a.known, a.ready = true, a.prepare(ctx)
	}
	if a.ready != nil {
		return a.ready
	}
	archives := filepath.Join(a.dir, "archives", name)
	if err := os.MkdirAll(archives, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(archives)
	get := a.apt(ctx, "source", "--download-only", "--tar-only", name)
	get.Dir = archives
	if _, err := quiet(get); err != nil {
		return err
	}
	tars, err := filepath.Glob(filepath.Join(archives, "*.tar.*"))
	if err != nil || len(tars) == 0 {
		return errors.Join(fmt.Errorf("the source package has no archive"), err)
	}
	for _, t := range tars {
		if strings.HasSuffix(t, ".asc") {
			continue
		}
		if err := unpack(ctx, t, folder); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes lists of source packages from the machine's lists of binary ones.
func (a *aptSource) prepare(ctx context.Context) error {
	for _, sub := range []string{"parts", "lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(a.dir, sub), 0o755); err != nil {
			return err
		}
	}
	found := false
	for _, pattern := range []string{"/etc/apt/sources.list", "/etc/apt/sources.list.d/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if !strings.Contains(string(text), "debian") {
				continue
			}
			found = true
			if err := os.WriteFile(filepath.Join(a.dir, "parts", filepath.Base(name)), []byte(sourceLists(string(text))), 0o644); err != nil {
				return err
			}
		}
	}
	if !found {
		return errors.New("this machine has no list of Debian packages")
	}
	_, err := quiet(a.apt(ctx, "update"))
	return err
}

// sourceLists turns what apt reads of binary packages into what it reads of source packages.
func sourceLists(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "deb "):
			line = "deb-src " + strings.TrimPrefix(line, "deb ")
		case strings.HasPrefix(line, "Types:"):
			line = "Types: deb-src\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

func (a *aptSource) apt(ctx context.Context, args ...string) *exec.Cmd {
	options := []string{
		"-q", "-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=" + filepath.Join(a.dir, "parts"),
		"-o", "Dir::State::lists=" + filepath.Join(a.dir, "lists"), "-o", "Dir::Cache=" + filepath.Join(a.dir, "cache"),
	}
	return exec.CommandContext(ctx, "apt-get", append(options, args...)...)
}

// unpack takes an archive apart, whatever its compression, and makes everything in it readable.
func unpack(ctx context.Context, archive, folder string) error {
	if _, err := quiet(exec.CommandContext(ctx, "tar", "-x", "--no-same-owner", "--no-same-permissions", "-f", archive, "-C", folder)); err != nil {
		return err
	}
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o755)
	})
}

// quiet runs a command and gives what it prints; its error holds what it complained of.
func quiet(cmd *exec.Cmd) (string, error) {
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, lastLine(complaint.String()))
	}
	return string(out), err
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
