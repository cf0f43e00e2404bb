// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"communs/search"
)

const mitText = `MIT License

Copyright (c) 2024 Ada Example

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`

// endToEnd goes the whole way: a repository is mirrored, indexed, found, shown and served; then withdrawn, after which its
// bytes are nowhere in the data folder, compressed or not, and it is never taken again.
func (b *binary) endToEnd() {
	t := b.t
	secret := "zyxwvSecretMarkerUtsrq"
	kept := b.repository("kept", map[string]string{
		"LICENSE": mitText, "keep.go": "package keep\n\n// Keep stays here.\nfunc Keep() string { return \"kept\" }\n",
	})
	gone := b.repository("gone", map[string]string{
		"LICENSE": mitText, "leak.go": "package leak\n\n// Leak tells.\nfunc Leak() string {\n\treturn \"" + secret + "\"\n}\n",
		"deep/other.py": "def other():\n    return '" + secret + "'\n",
	})
	b.ok("crawl", kept, gone)
	data := filepath.Join(b.home, "data", "communs")
	if len(holds(t, data, secret)) == 0 {
		t.Fatal("the marker is not found in the data folder: this test would prove nothing")
	}

	var page search.Page
	if err := json.Unmarshal([]byte(b.ok("search", "--format", "json", secret)), &page); err != nil {
		t.Fatal(err)
	}
	if page.Total != 2 {
		t.Fatalf("found %d blocks, want 2", page.Total)
	}
	id := ""
	for _, h := range page.Hits {
		if h.Path == "leak.go" {
			id = h.ID
			if h.License != "MIT" || h.Libre != "yes" {
				t.Errorf("licence %q, libre %q", h.License, h.Libre)
			}
		}
	}
	if code := b.ok("show", "--code", id); !strings.Contains(code, "return \""+secret+"\"") {
		t.Errorf("show --code %s\n%s", id, code)
	}

	base, server, log := b.server("serve", "--listen", "127.0.0.1:0")
	defer server.Process.Kill()
	for _, path := range []string{"/", "/healthz", "/api/v1/search?q=" + secret, "/api/v1/blocks/" + url.PathEscape(id)} {
		status, body := get(t, base+path)
		if status != http.StatusOK {
			t.Errorf("GET %s: %d\n%s", path, status, body)
		}
	}
	if _, body := get(t, base+"/api/v1/search?q="+secret); !strings.Contains(body, `"total":2`) {
		t.Errorf("the API finds other than the command line:\n%s", body)
	}

	repo := page.Hits[0].Repo
	b.ok("withdraw", repo, "--reason", "holds a secret")
	if code, out, _ := b.run("search", secret); code != exitNo || out != "" {
		t.Errorf("search after the withdrawal: exit code %d\n%s", code, out)
	}
	if code, _, _ := b.run("show", id); code != exitNo {
		t.Errorf("show after the withdrawal: exit code %d", code)
	}
	if _, body := get(t, base+"/api/v1/search?q="+secret); !strings.Contains(body, `"total":0`) {
		t.Errorf("the server still finds what was withdrawn:\n%s", body)
	}
	if _, body := get(t, base+"/api/v1/search?q=Keep"); !strings.Contains(body, "keep.go") {
		t.Errorf("the server no longer finds the rest:\n%s", body)
	}
	for _, place := range holds(t, data, secret) {
		t.Errorf("the withdrawn bytes are still in %s", place)
	}
	if out := b.ok("crawl", "--kind", "folder", b.home); !strings.Contains(out, "withdrawn") {
		t.Errorf("a crawl does not say that the repository is withdrawn:\n%s", out)
	}
	if code, _, _ := b.run("search", secret); code != exitNo {
		t.Error("a crawl took the withdrawn repository again")
	}
	for _, place := range holds(t, data, secret) {
		t.Errorf("after another crawl the withdrawn bytes are in %s", place)
	}

	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, server.Wait()); code != 0 {
		t.Errorf("serve after SIGTERM: exit code %d\n%s", code, log)
	}
}

// public: a public instance shows code only where its licence is known to be free; the command line searches everything.
func (b *binary) public() {
	t := b.t
	free := b.repository("free", map[string]string{"LICENSE": mitText, "a.go": "package a\n\nfunc Shared() int { return 4242 }\n"})
	other := b.repository("other", map[string]string{"b.go": "package b\n\nfunc Shared() int { return 5353 }\n"})
	b.ok("crawl", free, other)
	config := filepath.Join(b.home, "public.toml")
	if err := os.WriteFile(config, []byte("[instance]\nname = \"Communs test\"\npublic = true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := b.ok("search", "--config", config, "Shared"); !strings.Contains(out, "4242") || !strings.Contains(out, "5353") {
		t.Errorf("the command line does not show everything:\n%s", out)
	}
	base, server, _ := b.server("serve", "--config", config, "--listen", "127.0.0.1:0")
	defer server.Process.Kill()
	for _, path := range []string{"/api/v1/search?q=Shared", "/code?q=Shared"} {
		status, body := get(t, base+path)
		if status != http.StatusOK || !strings.Contains(body, "4242") || strings.Contains(body, "5353") {
			t.Errorf("GET %s of a public instance: %d\n%s", path, status, body)
		}
	}
	if _, body := get(t, base+"/"); !strings.Contains(body, "Communs test") {
		t.Errorf("the home page does not say whose instance this is:\n%s", body)
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	client := http.Client{Timeout: 30 * time.Second}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// holds lists the files below dir that hold the text, as it is or inside anything compressed with zlib, flate or zstd
// wherever it starts in the file.
func holds(t *testing.T, dir, text string) (places []string) {
	t.Helper()
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if strings.Contains(path, text) {
			places = append(places, path+" (its name)")
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(text))) {
			places = append(places, path)
		}
		for i := range data {
			rest := data[i:]
			var plain []byte
			switch {
			case len(rest) < 8:
			case bytes.HasPrefix(rest, []byte{0x28, 0xb5, 0x2f, 0xfd}):
				if decoder.Reset(bytes.NewReader(rest)) == nil {
					plain, _ = io.ReadAll(decoder) // what was decoded before the end of the frame counts
				}
			case rest[0] == 0x78 && (int(rest[0])<<8|int(rest[1]))%31 == 0:
				if z, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
					plain, _ = io.ReadAll(z)
				}
			case i == 0:
				plain, _ = io.ReadAll(flate.NewReader(bytes.NewReader(rest)))
			}
			if bytes.Contains(plain, []byte(text)) {
				places = append(places, path+" (compressed)")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}
