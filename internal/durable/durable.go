// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package durable writes files that survive a crash: beside the live ones, flushed, then moved in place by one rename.
//
// Everything Communs writes under its data folder goes through a [Disk], so that a test can count each step and cut
// the program off at any one of them.
package durable

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Op names a step that changes the disk.
type Op string

// The steps that a Disk announces before it takes them.
const (
	OpCreate Op = "create"
	OpWrite  Op = "write"
	OpSync   Op = "sync"
	OpRename Op = "rename"
	OpRemove Op = "remove"
	OpMkdir  Op = "mkdir"
)

// Disk is the operating system's file system with a place to stand before each change. The zero value is ready.
type Disk struct {
	// Before, when set, is asked before each change; its error is returned in place of the change. It may be called
	// from several goroutines at once.
	Before func(op Op, path string) error
}

// Step announces a change: those of this package, and one that other code (a library) is about to make.
func (d *Disk) Step(op Op, path string) error {
	if d == nil || d.Before == nil {
		return nil
	}
	return d.Before(op, path)
}

// File is a file open for writing; Write, Sync and Close announce themselves to the Disk that made it.
type File struct {
	f    *os.File
	disk *Disk
}

// Create makes the file, or empties it, for writing.
func (d *Disk) Create(name string) (*File, error) {
	if err := d.Step(OpCreate, name); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	return &File{f, d}, nil
}

// Name is the path that the file was created with.
func (f *File) Name() string { return f.f.Name() }

// Write appends p. When the Disk refuses, half of p is written first, as a full disk or a power cut would leave it.
func (f *File) Write(p []byte) (int, error) {
	if err := f.disk.Step(OpWrite, f.f.Name()); err != nil {
		n, _ := f.f.Write(p[:len(p)/2])
		return n, err
	}
	return f.f.Write(p)
}

// ReadAt reads back what was written.
func (f *File) ReadAt(p []byte, off int64) (int, error) { return f.f.ReadAt(p, off) }

// Sync flushes the file to the disk.
func (f *File) Sync() error {
	if err := f.disk.Step(OpSync, f.f.Name()); err != nil {
		return err
	}
	return f.f.Sync()
}

// Close closes the file; it does not flush it.
func (f *File) Close() error { return f.f.Close() }

// Commit flushes and closes the file.
func (f *File) Commit() error {
	if err := f.Sync(); err != nil {
		f.f.Close()
		return err
	}
	return f.f.Close()
}

// Rename moves a file or folder and flushes the folder that it arrives in.
func (d *Disk) Rename(from, to string) error {
	if err := d.Step(OpRename, to); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(to))
}

// Remove deletes the file or the whole folder; a missing one is not an error.
func (d *Disk) Remove(name string) error {
	if err := d.Step(OpRemove, name); err != nil {
		return err
	}
	return os.RemoveAll(name)
}

// MkdirAll makes the folder and its parents.
func (d *Disk) MkdirAll(name string) error {
	if fi, err := os.Stat(name); err == nil && fi.IsDir() {
		return nil
	}
	if err := d.Step(OpMkdir, name); err != nil {
		return err
	}
	return os.MkdirAll(name, 0o755)
}

// SyncDir flushes a folder, so that the names in it survive a power cut.
func (d *Disk) SyncDir(name string) error {
	if err := d.Step(OpSync, name); err != nil {
		return err
	}
	return syncDir(name)
}

// SyncTree flushes every file and folder at and below name: for what a library has written without flushing.
func (d *Disk) SyncTree(name string) error {
	return filepath.WalkDir(name, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return d.SyncDir(path)
		}
		if err := d.Step(OpSync, path); err != nil {
			return err
		}
		return syncFile(path)
	})
}

// WriteFile replaces the file's content in one step: a reader sees the old content or the new, whole.
func (d *Disk) WriteFile(name string, data []byte) error {
	return d.WriteTo(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteTo replaces the file's content with what write produces, in one step.
func (d *Disk) WriteTo(name string, write func(io.Writer) error) error {
	tmp := name + ".tmp"
	f, err := d.Create(tmp)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.Commit(); err != nil {
		return fmt.Errorf("flush %s: %w", name, err)
	}
	return d.Rename(tmp, name)
}
