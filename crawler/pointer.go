// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Pointer is what git holds of a file that Git LFS keeps elsewhere, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: lines of a
// key, a space and a value; the first is the version, the others are sorted by their keys.
//
//	version https://git-lfs.github.com/spec/v1
//	oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
//	size 12345
type Pointer struct {
	OID  string // SHA-256 of the file, 64 hexadecimal digits
	Size int64  // of the file, in bytes
}

// pointerMost is how many bytes a pointer may have.
const pointerMost = 1023

// pointerVersions are the first lines of a pointer: of the specification, and of the two that came before it under other names.
var pointerVersions = []string{
	"version https://git-lfs.github.com/spec/v1\n", "version https://hawser.github.com/spec/v1\n", "version http://git-media.io/v/2\n",
}

// beginsAsPointer is a quick look at the beginning of a content, of which the size is known.
func beginsAsPointer(head []byte, size int64) bool {
	return size <= pointerMost && slices.ContainsFunc(pointerVersions, func(v string) bool { return bytes.HasPrefix(head, []byte(v)) })
}

// ParsePointer reads a pointer; ok is false when the content is none. Keys that only extensions of LFS know are passed over.
func ParsePointer(data []byte) (p Pointer, ok bool) {
	if len(data) > pointerMost {
		return p, false
	}
	rest := ""
	for _, version := range pointerVersions {
		if bytes.HasPrefix(data, []byte(version)) {
			rest, ok = string(data[len(version):]), true
		}
	}
	if !ok {
		return p, false
	}
	before, size := "", false
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		key, value, found := strings.Cut(line, " ")
		if !found || key <= before {
			return Pointer{}, false
		}
		switch before = key; key {
		case "oid":
			digits, found := strings.CutPrefix(value, "sha256:")
			if sum, err := hex.DecodeString(digits); !found || err != nil || len(sum) != 32 || strings.ToLower(digits) != digits {
				return Pointer{}, false
			}
			p.OID = digits
		case "size":
			n, err := strconv.ParseUint(value, 10, 63)
			if err != nil {
				return Pointer{}, false
			}
			p.Size, size = int64(n), true
		}
	}
	if p.OID == "" || !size {
		return Pointer{}, false
	}
	return p, true
}
