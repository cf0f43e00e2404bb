// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/blevesearch/bleve/v2"

	"communs/internal/durable"
	"communs/licenses"
)

// sample writes one real shard and occurrence file, as seeds for the fuzz targets.
func sample(f testing.TB, file string) []byte {
	dir := f.TempDir()
	add(f, Options{Dir: dir, Detector: detector(f)}, snapshot("https://forge.example/a/b", "c1", files("")))
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		f.Fatal(err)
	}
	return data
}

func FuzzContent(f *testing.F) {
	f.Add(sample(f, "shards/000001/content"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseContainer(data, "content")
		if err != nil {
			return
		}
		for _, s := range c.sections { // a fuzzer does not find checksums
			s.once.Do(func() {})
		}
		content, err := readContent(c)
		if err != nil {
			return
		}
		s := &Shard{content: content, cache: newFrameCache(1 << 20)}
		for b := range uint32(s.NumBlobs()) {
			s.Lookup(s.Blob(b).Hash)
			s.LangName(s.Blob(b).Lang)
			s.Content(b)
			s.Findings(b, "")
		}
	})
}

func FuzzBlocks(f *testing.F) {
	f.Add(sample(f, "shards/000001/blocks"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseContainer(data, "blocks")
		if err != nil {
			return
		}
		for _, s := range c.sections {
			s.once.Do(func() {})
		}
		b, err := readBlocks(c)
		if err != nil {
			return
		}
		s := &Shard{blocks: b}
		for i := range uint32(b.n) {
			s.BlockName(s.Block(i))
			s.Segments(i, nil)
		}
	})
}

func FuzzGrams(f *testing.F) {
	f.Add(sample(f, "shards/000001/grams"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseContainer(data, "grams")
		if err != nil {
			return
		}
		for _, s := range c.sections {
			s.once.Do(func() {})
		}
		g, err := readGrams(c, 1000)
		if err != nil {
			return
		}
		for i := range g.n {
			key := binary.LittleEndian.Uint32(g.keys[i*4:])
			for _, b := range g.Postings(key, nil) {
				if b >= 1000 {
					t.Fatalf("block %d of 1000", b)
				}
			}
		}
	})
}

func FuzzOccurrences(f *testing.F) {
	f.Add(sample(f, "occurrences/000002"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseContainer(data, "occurrences")
		if err != nil {
			return
		}
		for _, s := range c.sections {
			s.once.Do(func() {})
		}
		o, err := readOccurrences(c)
		if err != nil {
			return
		}
		for i := range uint32(o.Len()) {
			o.Find(o.Row(i).Path)
		}
	})
}

func FuzzCurrent(f *testing.F) {
	f.Add(sample(f, "CURRENT"))
	f.Fuzz(func(t *testing.T, data []byte) { parseCurrent(data) })
}

func FuzzFindings(f *testing.F) {
	e, err := licenses.Parse("MIT OR Apache-2.0")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeFindings([]licenses.Finding{{Expression: e, Start: 1, End: 21, How: "text", Score: 0.5}}))
	f.Fuzz(func(t *testing.T, data []byte) { decodeFindings(data, "LICENSE") })
}

func TestFindingsRoundTrip(t *testing.T) {
	e, err := licenses.Parse("MIT OR Apache-2.0")
	if err != nil {
		t.Fatal(err)
	}
	in := licenses.Finding{Expression: e, Path: "LICENSE", Start: 1, End: 210, How: "text", Score: 0.98}
	out, ok := decodeFindings(encodeFindings([]licenses.Finding{in, in}), "LICENSE")
	if !ok || len(out) != 2 || out[1].Expression.String() != in.Expression.String() || out[1].End != 210 || out[1].Score != 0.98 {
		t.Errorf("got %+v, %v", out, ok)
	}
}

// What the first release wrote must stay readable, or be refused by name: testdata/format holds one data folder of each
// format there has been. -update writes that of today's format.
func TestOldFormatsAreRead(t *testing.T) {
	if *update {
		dir := fmt.Sprintf("testdata/format/%d", shardFormat)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", files("")))
	}
	folders, err := filepath.Glob("testdata/format/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no old formats in testdata: %v", err)
	}
	for _, dir := range folders {
		got := contents(t, open(t, dir))
		equal(t, got, want("https://forge.example/a/b", indexed(files(""))))
	}
}

// The words folder is an ordinary Bleve index to whoever opens it.
func TestBleveOpensTheWords(t *testing.T) {
	dir := t.TempDir()
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", files("")))
	words, err := bleve.OpenUsing(filepath.Join(dir, "shards/000001/words"), map[string]any{"read_only": true})
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	query := bleve.NewTermQuery("date")
	query.SetField(FieldWords)
	found, err := words.Search(bleve.NewSearchRequest(query))
	if err != nil || found.Total == 0 {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestContainerRefusesWhatLiesOutside(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c")
	w, err := createContainer(&durable.Disk{}, name)
	if err != nil {
		t.Fatal(err)
	}
	w.section("a", []byte("some bytes"))
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range data {
		if _, err := parseContainer(data[:cut], "c"); err == nil {
			t.Errorf("%d of %d bytes were accepted", cut, len(data))
		}
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0xff
		c, err := parseContainer(bad, "c")
		if err != nil {
			continue
		}
		if s, err := c.section("a"); err == nil && string(s) != "some bytes" {
			t.Errorf("with byte %d changed the section reads %q", i, s)
		}
	}
}
