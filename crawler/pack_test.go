// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// packWith makes a pack of entries that are given raw: header and stream.
func packWith(count uint32, entries ...[]byte) []byte {
	b := append([]byte("PACK\x00\x00\x00\x02"), binary.BigEndian.AppendUint32(nil, count)...)
	for _, e := range entries {
		b = append(b, e...)
	}
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

func plain(t objectType, data string) []byte {
	return append(entryHeader(t, int64(len(data))), deflate([]byte(data))...)
}

func refDelta(on Hash, delta string) []byte {
	return append(append(entryHeader(typeRefDelta, int64(len(delta))), on[:]...), deflate([]byte(delta))...)
}

func index(t testing.TB, data []byte) ([]packed, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pack")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	none, err := openObjects(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	found, err := indexPack(ctx, name, none, Limits{}.withDefaults(1<<30))
	if err != nil {
		return nil, err
	}
	return found.list, nil
}

// TestPacksThatMeanHarm: each is refused in little time and memory.
func TestPacksThatMeanHarm(t *testing.T) {
	bomb := deflate(make([]byte, 64<<20))
	hello := hashObject(typeBlob, []byte("hello"))
	self := append(append(entryHeader(typeOfsDelta, 3), distance(1)...), deflate([]byte("\x05\x05\x90"))...)
	cases := map[string][]byte{
		"claims 2³²−1 objects":                packWith(1<<32-1, plain(typeBlob, "x")),
		"claims more objects than it has":     packWith(5, plain(typeBlob, "x")),
		"has more objects than it claims":     packWith(1, plain(typeBlob, "x"), plain(typeBlob, "y")),
		"object larger than its header says":  packWith(1, append(entryHeader(typeBlob, 5), bomb...)),
		"object smaller than its header says": packWith(1, append(entryHeader(typeBlob, 1<<33), deflate([]byte("x"))...)),
		"object of 2⁶⁰ bytes":                 packWith(1, append(entryHeader(typeBlob, 1<<60), deflate([]byte("x"))...)),
		"unknown type":                        packWith(1, append(entryHeader(5, 1), deflate([]byte("x"))...)),
		"delta on itself":                     packWith(1, self),
		"delta on what is not there":          packWith(1, refDelta(Hash{1}, "\x05\x05\x90\x05")),
		"delta that copies from beyond":       packWith(2, plain(typeBlob, "hello"), refDelta(hello, "\x05\x7f\xb0\xff\xff")),
		"delta that makes too much":           packWith(2, plain(typeBlob, "hello"), refDelta(hello, "\x05\x01\x90\x05")),
		"delta that promises 2⁵⁰ bytes":       packWith(2, plain(typeBlob, "hello"), refDelta(hello, "\x05\x80\x80\x80\x80\x80\x80\x80\x01\x90\x05")),
		"delta with a reserved instruction":   packWith(2, plain(typeBlob, "hello"), refDelta(hello, "\x05\x05\x00")),
		"no zlib stream":                      packWith(1, append(entryHeader(typeBlob, 1), "not zlib at all"...)),
		"empty":                               {},
		"only a header":                       packWith(0)[:12],
		"another version":                     append([]byte("PACK\x00\x00\x00\x07"), make([]byte, 24)...),
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			list, err := index(t, data)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("accepted: %d objects", len(list))
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("it took %d MB", used>>20)
			}
		})
	}
	if list, err := index(t, packWith(2, refDelta(hello, "\x05\x06\x90\x05\x01!"), plain(typeBlob, "hello"))); err != nil || list[0].hash != hashObject(typeBlob, []byte("hello!")) {
		t.Errorf("a delta before its base: %v, %v", list, err)
	}
}

// TestIndexAgreesWithGit makes a pack with git, full of deltas, and compares our index of it with git's own.
func TestIndexAgreesWithGit(t *testing.T) {
	dir := t.TempDir()
	runGit(t, dir, "init", "-q")
	for i := range 12 {
		var pairs []string
		for j := range 20 {
			pairs = append(pairs, fmt.Sprintf("d%d/f%d", j%3, j), strings.Repeat(fmt.Sprintf("line of file %d\n", j), 60)+strings.Repeat("x", i*j))
		}
		commitFiles(t, dir, pairs...)
	}
	runGit(t, dir, "tag", "-a", "-m", "a tag", "v1")
	runGit(t, dir, "gc", "-q", "--aggressive")
	packs, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("%v, %v", packs, err)
	}
	base := strings.TrimSuffix(packs[0], ".pack")
	o, err := openObjects([]string{base})
	must(t, err)
	defer o.close()
	data, err := os.ReadFile(packs[0])
	must(t, err)
	list, err := index(t, data)
	must(t, err)
	x := o.packs[0].index
	if len(list) != x.count() {
		t.Fatalf("%d objects, git finds %d", len(list), x.count())
	}
	deltas := 0
	for _, p := range list {
		i, ok := x.find(p.hash)
		if !ok || x.offset(i) != p.off || x.crc(i) != p.crc {
			t.Errorf("%s at %d with CRC %08x is not what git finds", p.hash, p.off, p.crc)
		}
		typ, body, err := o.read(p.hash)
		if err != nil {
			t.Fatal(err)
		}
		if stat, size, err := o.stat(p.hash); err != nil || stat != typ || size != int64(len(body)) {
			t.Errorf("%s: %v, %d bytes (%v); read gives %v, %d", p.hash, stat, size, err, typ, len(body))
		}
		if e, err := o.packs[0].entryAt(p.off); err != nil {
			t.Error(err)
		} else if e.delta() {
			deltas++
		}
	}
	if deltas < 50 {
		t.Errorf("only %d deltas: the test does not test", deltas)
	}

	// Written again without one object in three, all others are still whole, and git agrees.
	out := filepath.Join(t.TempDir(), "objects", "pack")
	must(t, os.MkdirAll(out, 0o755))
	w, err := newPackWriter(nil, out)
	must(t, err)
	kept := func(h Hash) bool { return h[0]%3 != 0 }
	must(t, o.rewrite(context.Background(), w, kept))
	written, err := w.finish()
	must(t, err)
	runGit(t, dir, "verify-pack", written+".idx")
	again, err := openObjects([]string{written})
	must(t, err)
	defer again.close()
	for _, p := range list {
		_, body, err := again.read(p.hash)
		if kept(p.hash) != (err == nil) || err != nil && !errors.Is(err, errNoObject) {
			t.Errorf("%s kept %v: %d bytes, %v", p.hash, kept(p.hash), len(body), err)
		}
	}
}

func TestEveryMessageHasItsSentence(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "internal", "words", "messages", "crawler.toml"))
	must(t, err)
	var keys []string
	for _, r := range []Reason{ReasonNotFound, ReasonUnauthorized, ReasonServer, ReasonNotGit, ReasonRedirect, ReasonSilent, ReasonDeadline,
		ReasonTooBig, ReasonBroken, ReasonFormat, ReasonNetwork, ReasonLocal, ReasonAddress, ReasonDisk} {
		key, _ := (&FetchError{Reason: r}).Message()
		keys = append(keys, key)
	}
	key, _ := (&FetchError{Reason: ReasonBroken, Err: &json.SyntaxError{}}).Message()
	keys = append(keys, key)
	for _, p := range []string{"empty", "scheme", "credentials", "malformed", "query"} {
		key, _ := (&AddressError{Problem: p}).Message()
		keys = append(keys, key)
	}
	for _, p := range []string{"missing", "unknown-kind", "no-token", "path"} {
		key, _ := (&ConfigError{Problem: p}).Message()
		keys = append(keys, key)
	}
	for _, m := range []interface{ Message() (string, []any) }{&ListError{Err: io.EOF}, &BusyError{}, &UnknownError{}, &CorruptError{},
		&NoModuleCacheError{}, &MissingModuleError{}, &LooseFilesError{}, withdrawnError{},
		&NoContentError{}, &GoModError{Err: io.EOF}, &WithdrawalError{},
		&WithdrawalTargetError{}, deniedError{}} {
		key, _ := m.Message()
		keys = append(keys, key)
	}
	for _, k := range keys {
		if !bytes.Contains(text, []byte("["+k+"]\n")) {
			t.Errorf("no sentence for %s", k)
		}
	}
}

func FuzzIndexPack(f *testing.F) {
	hello := hashObject(typeBlob, []byte("hello"))
	f.Add(packWith(2, refDelta(hello, "\x05\x06\x90\x05\x01!"), plain(typeBlob, "hello")))
	f.Add(packWith(1, plain(typeTree, "100644 a\x00"+string(hello[:]))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 20 { // let the fuzzer past the checksum
			sum := sha1.Sum(data[:len(data)-20])
			data = append(bytes.Clone(data[:len(data)-20]), sum[:]...)
		}
		list, err := index(t, data)
		if err != nil {
			return
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "x")
		must(t, os.WriteFile(file, data, 0o644))
		base, err := placePack(nil, file, Hash(data[len(data)-20:]), list)
		must(t, err)
		o, err := openObjects([]string{base})
		must(t, err)
		defer o.close()
		for _, p := range list {
			if _, _, err := o.read(p.hash); err != nil {
				t.Fatalf("indexed, but not read: %v", err)
			}
		}
	})
}

// FuzzReadMirror reads a mirror whose pack, index and trees were tampered with: errors are fine, panics are not.
func FuzzReadMirror(f *testing.F) {
	tree := plain(typeTree, "100644 a\x00"+strings.Repeat("a", 20)+"40000 d\x00"+strings.Repeat("b", 20))
	f.Add(packWith(2, plain(typeBlob, "hello"), tree), []byte{1, 2, 3}, uint16(1100))
	f.Fuzz(func(t *testing.T, data, patch []byte, at uint16) {
		list, err := index(t, data)
		if err != nil || len(list) == 0 {
			return
		}
		file := filepath.Join(t.TempDir(), "x")
		must(t, os.WriteFile(file, data, 0o644))
		base, err := placePack(nil, file, Hash(data[len(data)-20:]), list)
		must(t, err)
		idx, err := os.ReadFile(base + ".idx")
		must(t, err)
		copy(idx[min(int(at), len(idx)):], patch)
		sum := sha1.Sum(idx[:len(idx)-20])
		copy(idx[len(idx)-20:], sum[:])
		must(t, os.WriteFile(base+".idx", idx, 0o644))
		o, err := openObjects([]string{base})
		if err != nil {
			return
		}
		defer o.close()
		for i := range o.packs[0].index.count() {
			h := o.packs[0].index.name(i)
			o.stat(h)
			if r, err := o.open(h, func() {}); err == nil {
				io.Copy(io.Discard, r)
				r.Close()
			}
			n := 0
			for range o.files(h, nil, func(Hash) func() (io.ReadCloser, error) { return nil }) {
				if n++; n > 1000 {
					break
				}
			}
			o.commit(h)
		}
	})
}

func FuzzParseTreeAndCommit(f *testing.F) {
	f.Add([]byte("100644 a\x00" + strings.Repeat("a", 20)))
	f.Add([]byte("tree " + strings.Repeat("a", 40) + "\nparent " + strings.Repeat("b", 40) + "\ncommitter A > <x> 12 +0000\n\nhello"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if entries, err := parseTree(data); err == nil {
			size := 0
			for _, e := range entries {
				size += len(e.name) + 22
			}
			if size > len(data)+len(entries) {
				t.Fatalf("%d bytes of entries out of %d", size, len(data))
			}
		}
		if c, err := parseCommit(data); err == nil && c.tree.IsZero() && !bytes.Contains(data, []byte(strings.Repeat("0", 40))) {
			t.Fatal("a commit without a tree")
		}
	})
}

// TestTreesThatMeanHarm: names that no file can have, and trees that name each other to make billions of files.
func TestTreesThatMeanHarm(t *testing.T) {
	blob := hashObject(typeBlob, []byte("x"))
	entry := func(mode, name string, h Hash) string { return mode + " " + name + "\x00" + string(h[:]) }
	level := entry("100644", "f", blob)
	entries := [][]byte{plain(typeBlob, "x"), plain(typeTree, level)}
	for range 40 {
		h := hashObject(typeTree, []byte(level))
		level = entry("40000", "a", h) + entry("40000", "b", h)
		entries = append(entries, plain(typeTree, level))
	}
	bad := entry("100644", "..", blob) + entry("100644", "a/b", blob) + entry("100644", "ok", blob) + entry("160000", "module", blob) + entry("100664", "old", blob) + entry("17", "odd", blob)
	entries = append(entries, plain(typeTree, bad))
	data := packWith(uint32(len(entries)), entries...)
	list, err := index(t, data)
	must(t, err)
	file := filepath.Join(t.TempDir(), "x")
	must(t, os.WriteFile(file, data, 0o644))
	base, err := placePack(nil, file, Hash(data[len(data)-20:]), list)
	must(t, err)
	o, err := openObjects([]string{base})
	must(t, err)
	defer o.close()

	var good, wrong []string
	for f, err := range o.files(hashObject(typeTree, []byte(bad)), nil, func(Hash) func() (io.ReadCloser, error) { return nil }) {
		if err != nil {
			wrong = append(wrong, f.Path)
		} else {
			good = append(good, fmt.Sprintf("%s %o", f.Path, f.Mode))
		}
	}
	if strings.Join(good, ",") != "ok 100644,old 100644" || strings.Join(wrong, ",") != "..,a/b,odd" {
		t.Errorf("good %v, wrong %v", good, wrong)
	}
	commit := Hash{}
	_, _, err = o.reach(context.Background(), commit, func(Hash) bool { return false }, nil)
	if !errors.Is(err, errNoObject) {
		t.Errorf("%v", err)
	}
	n := 0
	for _, err := range o.files(hashObject(typeTree, []byte(level)), nil, func(Hash) func() (io.ReadCloser, error) { return nil }) {
		if n++; n > 100_000 || err != nil {
			break
		}
	}
	if n <= 100_000 {
		t.Errorf("the billions end at %d", n)
	}
}
