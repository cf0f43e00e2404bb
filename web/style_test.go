// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast computes every pair of text and ground that the style sheet puts together, in light and in dark: 4.5:1
// for text, 3:1 for what shows where a field is (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	data, err := os.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	lightText, rest, found := strings.Cut(string(data), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("no dark colours")
	}
	dark, _, _ := strings.Cut(rest, "\n}")
	light, night := colours(lightText), colours(lightText)
	for name, c := range colours(dark) {
		night[name] = c
	}
	text := [][2]string{
		{"ink", "bg"}, {"ink", "card"}, {"ink", "wash"}, {"ink", "leaf-wash"}, {"ink", "sand-wash"}, {"ink", "mark"}, {"soft", "bg"}, {"soft", "card"},
		{"accent", "bg"}, {"accent", "card"}, {"accent", "wash"}, {"accent", "leaf-wash"}, {"accent", "sand-wash"}, {"leaf", "leaf-wash"}, {"leaf", "card"},
		{"leaf", "bg"}, {"rust", "rust-wash"}, {"rust", "card"}, {"note", "card"}, {"on-accent", "accent"},
	}
	edges := [][2]string{{"edge", "bg"}, {"edge", "card"}, {"edge", "wash"}, {"accent", "bg"}, {"rust", "card"}}
	for scheme, c := range map[string]map[string][3]float64{"light": light, "dark": night} {
		for want, pairs := range map[float64][][2]string{4.5: text, 3: edges} {
			for _, p := range pairs {
				if _, ok := c[p[0]]; !ok {
					t.Fatalf("no colour %s", p[0])
				}
				if _, ok := c[p[1]]; !ok {
					t.Fatalf("no colour %s", p[1])
				}
				if got := contrast(c[p[0]], c[p[1]]); got < want {
					t.Errorf("%s: --%s on --%s is %.2f:1, want %.1f", scheme, p[0], p[1], got, want)
				}
			}
		}
	}
}

func colours(css string) map[string][3]float64 {
	all := map[string][3]float64{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		var c [3]float64
		for i := range c {
			n, _ := strconv.ParseUint(m[2][2*i:2*i+2], 16, 8)
			v := float64(n) / 255
			if v <= 0.04045 {
				c[i] = v / 12.92
			} else {
				c[i] = math.Pow((v+0.055)/1.055, 2.4)
			}
		}
		all[m[1]] = c
	}
	return all
}

func contrast(a, b [3]float64) float64 {
	la := 0.2126*a[0] + 0.7152*a[1] + 0.0722*a[2]
	lb := 0.2126*b[0] + 0.7152*b[1] + 0.0722*b[2]
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}
