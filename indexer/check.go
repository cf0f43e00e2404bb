// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sort"
)

// Check compares every file in service with its SHA-256, starting from CURRENT. The names it gives can be put in
// Options.Discard: what a Writer is then given to Add makes anew what they held.
func Check(ctx context.Context, dir string, progress func(file string)) ([]*CorruptError, error) {
	c, err := readCurrent(dir)
	var bad *CorruptError
	switch {
	case errors.As(err, &bad):
		return []*CorruptError{bad}, nil
	case err != nil:
		return nil, err
	}
	var faults []*CorruptError
	compare := func(file, want string) {
		progress(file)
		got, _, err := sumFile(filepath.Join(dir, filepath.FromSlash(file)))
		switch {
		case errors.Is(err, os.ErrNotExist):
			faults = append(faults, &CorruptError{File: file, Why: "missing"})
		case err != nil:
			faults = append(faults, &CorruptError{File: file, Why: err.Error()})
		case got != want:
			faults = append(faults, &CorruptError{File: file, Why: "its SHA-256 is not the one it was published with"})
		}
	}
	for _, s := range c.Shards {
		in := "shards/" + s.Name + "/"
		before := len(faults)
		compare(in+"manifest.json", s.SHA256)
		if len(faults) > before { // nothing in it can be trusted
			continue
		}
		var m manifest
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(in+"manifest.json")))
		if err == nil {
			err = json.Unmarshal(data, &m)
		}
		if err != nil {
			faults = append(faults, &CorruptError{File: in + "manifest.json", Why: err.Error()})
			continue
		}
		for _, name := range sortedKeys(m.Files) {
			if ctx.Err() != nil {
				return faults, ctx.Err()
			}
			compare(in+name, m.Files[name].SHA256)
		}
	}
	for _, o := range c.Occurrences {
		if ctx.Err() != nil {
			return faults, ctx.Err()
		}
		compare("occurrences/"+o.Name, o.SHA256)
	}
	if c.Lexicon != nil {
		compare("lexicon/"+c.Lexicon.Name, c.Lexicon.SHA256)
	}
	return faults, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
