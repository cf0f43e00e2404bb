// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"communs/registry/registrytest"
)

// TestObservatoryOnAPhone looks at the observatory on the narrowest screen and a wide one, light and dark, full and nearly empty: nothing is wider than
// the window, no word of a chart leaves its picture or stands on another, and axe finds nothing on the narrowest. With SCREENSHOTS=DIR it leaves the pictures there.
func TestObservatoryOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := startBrowser(t)
	full := httptest.NewServer(newServer(t, newFake(), withCatalogue(t, registrytest.Generate(registrytest.Full()))))
	defer full.Close()
	few := httptest.NewServer(richServer(t))
	defer few.Close()
	for name, address := range map[string]string{
		"full": full.URL + "/observatoire", "english": full.URL + "/observatory?lang=en", "region": full.URL + "/observatoire?region=75&from=2023", "few": few.URL + "/observatoire",
	} {
		for _, width := range []int{320, 1280} {
			b.open(address, width, false)
			var seen struct {
				Wide   int
				Beyond []string
			}
			if b.eval(measureCharts, &seen); seen.Wide > width {
				t.Errorf("%s is %d px wide in a window of %d", name, seen.Wide, width)
			}
			for _, text := range seen.Beyond {
				t.Errorf("%s at %d: %s", name, width, text)
			}
			picture := func(scheme string) {
				if dir := os.Getenv("SCREENSHOTS"); dir != "" {
					b.shot(filepath.Join(dir, fmt.Sprintf("observatory-%s-%d-%s.png", name, width, scheme)))
				}
			}
			picture("light")
			if width > 320 || name != "full" && name != "few" {
				b.scheme(true)
				picture("dark")
				continue
			}
			var loaded bool
			var found []string
			b.eval(string(axe)+"; true", &loaded)
			for _, rules := range []string{`rules: {"target-size": {enabled: true}}`, `runOnly: ["color-contrast"]`} {
				b.eval(`axe.run(document, {`+rules+`, resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).slice(0, 3).join(" ")))`, &found)
				for _, f := range found {
					t.Errorf("%s at %d, %s: %s", name, width, rules, f)
				}
				b.scheme(true)
			}
			picture("dark")
		}
	}
}

// measureCharts finds words of charts that leave their picture, stand on one another, or are too small to read.
const measureCharts = `(() => {
	const beyond = [];
	for (const svg of document.querySelectorAll("svg")) {
		const slack = getComputedStyle(svg).overflow === "visible" ? 4 : 1; // of a glyph that overhangs
		const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll("text")];
		const boxes = texts.map(t => [t, t.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
		boxes.forEach(([t, r], i) => {
			if (r.left < frame.left - slack || r.right > frame.right + slack || r.top < frame.top - slack || r.bottom > frame.bottom + slack)
				beyond.push("leaves its picture: " + t.textContent.slice(0, 40));
			const size = parseFloat(getComputedStyle(t).fontSize) * frame.width / (svg.viewBox.baseVal?.width || frame.width);
			if (size < 9) beyond.push("is only " + size.toFixed(1) + " px high: " + t.textContent.slice(0, 40));
			for (const [o, q] of boxes.slice(i + 1))
				if (r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 2 && q.top < r.bottom - 2)
					beyond.push("stands on another: " + t.textContent.slice(0, 30) + " / " + o.textContent.slice(0, 30));
		});
	}
	return {Wide: document.documentElement.scrollWidth, Beyond: [...new Set(beyond)].slice(0, 12)};
})()`
