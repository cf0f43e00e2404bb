// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// replace puts what was unpacked in the place of what is there, which is kept.
func (u *unpacking) replace(ctx context.Context) (*Restored, error) {
	disk, dir := u.o.Disk, u.o.Dir
	result := &Restored{Manifest: u.manifest, Files: len(u.sums), Bytes: u.bytes}
	database := filepath.Join(dir, nameDatabase)
	if _, err := os.Stat(database); err == nil {
		err := sqlite.Settle(ctx, database)
		var inUse *sqlite.InUseError
		if errors.As(err, &inUse) {
			return nil, err
		} // whatever else is wrong with it, it is kept and replaced
		if result.Aside, err = u.keep(database); err != nil {
			return nil, err
		}
	}
	if u.manifest.Mirrors {
		if err := u.replaceMirrors(result); err != nil {
			return nil, err
		}
	}
	if u.sums[nameConfig] != "" {
		result.Config = filepath.Join(dir, nameConfig+".restored")
		if err := disk.Rename(filepath.Join(u.dir, nameConfig), result.Config); err != nil {
			return nil, err
		}
	}
	return result, disk.Rename(filepath.Join(u.dir, nameDatabase), database)
}

// aside makes the folder for what is replaced.
func (u *unpacking) aside() (string, error) {
	name := filepath.Join(u.o.Dir, "before-restore-"+u.o.Now.UTC().Format("20060102-150405"))
	return name, u.o.Disk.MkdirAll(name)
}

// keep gives the old database a second name, so that there is one under the first at every moment.
func (u *unpacking) keep(database string) (aside string, err error) {
	if aside, err = u.aside(); err != nil {
		return "", err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} { // a log is left where the file is damaged
		to := filepath.Join(aside, nameDatabase+suffix)
		if _, err := os.Stat(database + suffix); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := u.o.Disk.Step(durable.OpCreate, to); err != nil {
			return "", err
		}
		if suffix != "" {
			err = os.Rename(database+suffix, to)
		} else if err = os.Link(database, to); err != nil && !errors.Is(err, fs.ErrExist) {
			err = os.Rename(database, to) // no second names on this file system
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return aside, u.o.Disk.SyncDir(aside)
}

func (u *unpacking) replaceMirrors(result *Restored) error {
	old, fresh := filepath.Join(u.o.Dir, nameMirrors), filepath.Join(u.dir, nameMirrors)
	if err := u.o.Disk.MkdirAll(fresh); err != nil { // there may be none
		return err
	}
	if _, err := os.Stat(old); err == nil {
		if result.Aside, err = u.aside(); err != nil {
			return err
		}
		if err := u.o.Disk.Rename(old, filepath.Join(result.Aside, nameMirrors)); err != nil {
			return err
		}
	}
	return u.o.Disk.Rename(fresh, old)
}
