// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

//go:embed static templates
var files embed.FS

// assets are the files that pages refer to. Their URLs carry a hash of their content, so browsers keep them for ever.
type assets struct {
	byPath map[string]*asset
	style  string       // URL of the style sheet
	icon   template.URL // the icon as a data: URL, which saves a request
	logo   string       // URL of the instance's logo; empty when it has none
}

type asset struct {
	kind    string
	body    []byte
	gzipped []byte
	hashed  bool
}

// maxLogo bounds the instance's logo, which every first visit pays for.
const maxLogo = 64 << 10

func loadAssets(logo string) (*assets, error) {
	a := &assets{byPath: map[string]*asset{}}
	style, err := files.ReadFile("static/style.css")
	if err != nil {
		return nil, err
	}
	a.style = a.add("style", ".css", "text/css; charset=utf-8", minify(style))
	icon, err := files.ReadFile("static/icon.svg")
	if err != nil {
		return nil, err
	}
	icon = []byte(strings.TrimSpace(afterComment(string(icon))))
	a.icon = template.URL("data:image/svg+xml," + strings.ReplaceAll(url.PathEscape(string(icon)), "%20", " "))
	for _, path := range []string{"/favicon.ico", "/favicon.svg"} {
		a.byPath[path] = &asset{kind: "image/svg+xml", body: icon}
	}
	if logo == "" {
		return a, nil
	}
	kinds := map[string]string{".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
		".webp": "image/webp"}
	ext := strings.ToLower(filepath.Ext(logo))
	body, err := os.ReadFile(logo)
	if err != nil || kinds[ext] == "" || len(body) > maxLogo {
		return nil, &ConfigError{"logo", logo, err}
	}
	a.logo = a.add("logo", ext, kinds[ext], body)
	return a, nil
}

func (a *assets) add(name, ext, kind string, body []byte) string {
	sum := sha256.Sum256(body)
	path := "/" + name + "." + hex.EncodeToString(sum[:6]) + ext
	one := &asset{kind: kind, body: body, hashed: true}
	if strings.HasPrefix(kind, "text/") || ext == ".svg" {
		one.gzipped = (&compressor{level: gzip.BestCompression}).compress(body)
	}
	a.byPath[path] = one
	return path
}

func (a *asset) response() *response {
	r := &response{status: http.StatusOK, kind: a.kind, body: a.body, gzipped: a.gzipped, immutable: a.hashed}
	if !a.hashed {
		r.cache = 24 * time.Hour
	}
	return r
}

// minify drops what a style sheet only holds for its readers: comments, indentation, line ends.
func minify(css []byte) []byte {
	text := string(css)
	for {
		from := strings.Index(text, "/*")
		if from < 0 {
			break
		}
		to := strings.Index(text[from:], "*/")
		if to < 0 {
			break
		}
		text = text[:from] + text[from+to+2:]
	}
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimSpace(line))
	}
	return []byte(strings.NewReplacer(": ", ":", " {", "{", ";}", "}").Replace(b.String()))
}

// afterComment drops the licence notice that opens an SVG file.
func afterComment(svg string) string {
	if _, rest, ok := strings.Cut(svg, "-->"); ok {
		return rest
	}
	return svg
}
