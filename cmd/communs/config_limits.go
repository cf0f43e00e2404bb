// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"strconv"
	"time"

	"communs/crawler"
)

// limitsConfig is [crawl.limits]: what one repository may cost, and what may be in it. What is left out has a default that no ordinary
// repository comes near.
//
//	memory = "512MB"        # of the process that fetches
//	cpu = "5m"              # processor time of one fetch
//	disk = "6GB"            # written by one fetch; by default three times pack
//	pack = "2GB"            # received for one repository
//	objects = 20000000      # in one pack
//	references = 1000000    # branches and tags that a server lists
//	file = "2GB"            # the largest file
//	entries = 250000        # names in one folder
//	depth = 512             # folders within folders
//	path = 4096             # bytes of the longest path
//	silence = "1m"          # without a byte from a server
//	first_byte = "5m"       # the same while a server puts a pack together
//	rate = "1KB"            # that a pack must bring each second, over two silences
type limitsConfig struct {
	Memory     byteSize `toml:"memory"`
	CPU        duration `toml:"cpu"`
	Disk       byteSize `toml:"disk"`
	Pack       byteSize `toml:"pack"`
	Objects    int      `toml:"objects"`
	References int      `toml:"references"`
	File       byteSize `toml:"file"`
	Entries    int      `toml:"entries"`
	Depth      int      `toml:"depth"`
	Path       int      `toml:"path"`
	Silence    duration `toml:"silence"`
	FirstByte  duration `toml:"first_byte"`
	Rate       byteSize `toml:"rate"`
}

// of are the limits as the crawler takes them.
func (l limitsConfig) of() crawler.Limits {
	return crawler.Limits{Memory: int64(l.Memory), CPU: time.Duration(l.CPU), Disk: int64(l.Disk), Objects: l.Objects, References: l.References,
		File: int64(l.File), Entries: l.Entries, Depth: l.Depth, Path: l.Path}
}

// negative names a limit below zero, if there is one.
func (l limitsConfig) negative() (key, value string) {
	for key, n := range map[string]int{"objects": l.Objects, "references": l.References, "entries": l.Entries, "depth": l.Depth, "path": l.Path} {
		if n < 0 {
			return key, strconv.Itoa(n)
		}
	}
	return "", ""
}

// byteSize is a number of bytes, written as in a budget: "300MB", "2 Go", "1.5GiB".
type byteSize int64

func (s *byteSize) UnmarshalText(text []byte) error {
	n, err := crawler.ParseBytes(string(text))
	*s = byteSize(n)
	return err
}
