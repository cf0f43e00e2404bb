// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// focused is what has the focus, as a person with a keyboard sees it.
type focused struct {
	Tag, Name, Href, Type string
	Outline               float64 // width of the ring in px
	Seen                  bool    // it is in the window, and nothing lies over it
	Width, Height         float64
	Inline                bool // a link within a sentence
	Wide                  int  // of the page
}

const whatIsFocused = `(() => {
	const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect(), first = e.getClientRects()[0] || r;
	const x = Math.min(innerWidth - 1, Math.max(0, first.left + Math.min(first.width, 40) / 2)), y = first.top + Math.min(first.height, 30) / 2;
	const at = document.elementFromPoint(x, y);
	const sentence = e.tagName === "A" && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 1);
	return {Tag: e.tagName, Name: (e.getAttribute("aria-label") || (e.labels && e.labels[0] ? e.labels[0].textContent : "") || e.textContent).trim().replace(/\s+/g, " ").slice(0, 60),
		Href: e.getAttribute("href") || "", Type: e.getAttribute("type") || "", Outline: s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth),
		Seen: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth && !!at && (at === e || e.contains(at) || at.contains(e)),
		Width: r.width, Height: r.height, Inline: sentence, Wide: document.documentElement.scrollWidth};
})()`

// press types one key.
func (b *browser) press(key, text string, code int) {
	b.t.Helper()
	down := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
	if text == "" {
		down["type"] = "rawKeyDown"
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

func (b *browser) tab()            { b.t.Helper(); b.press("Tab", "", 9) }
func (b *browser) space()          { b.t.Helper(); b.press(" ", " ", 32) }
func (b *browser) say(text string) { b.call("Input.insertText", map[string]any{"text": text}, nil) }

// enter presses Enter and waits for the page that this leads to.
func (b *browser) enter() {
	b.t.Helper()
	for len(b.events) > 0 {
		<-b.events
	}
	b.press("Enter", "\r", 13)
	deadline := time.After(10 * time.Second)
	for {
		select {
		case m := <-b.events:
			if m.Method == "Page.loadEventFired" {
				return
			}
		case <-deadline:
			b.t.Fatal("Enter leads nowhere")
		}
	}
}

// tabTo goes on with the key Tab until what it looks for has the focus, and holds every stop to what a keyboard needs: a ring around it,
// in view, large enough, nothing wider than the window.
func (b *browser) tabTo(what string, is func(focused) bool) (steps int) {
	b.t.Helper()
	for steps = 1; steps < 150; steps++ {
		b.tab()
		var f focused
		b.eval(whatIsFocused, &f)
		if f.Tag == "BODY" {
			continue
		}
		label := fmt.Sprintf("<%s> %q", f.Tag, f.Name)
		if f.Outline < 2 {
			b.t.Errorf("%s shows no focus", label)
		}
		if !f.Seen {
			b.t.Errorf("%s has the focus and cannot be seen", label)
		}
		if !f.Inline && (f.Height < 23.5 || f.Width < 23.5) {
			b.t.Errorf("%s is %.0f × %.0f px", label, f.Width, f.Height)
		}
		if f.Wide > 360 {
			b.t.Errorf("at %s the page is %d px wide", label, f.Wide)
		}
		if is(f) {
			return steps
		}
	}
	b.t.Fatalf("150 times Tab do not lead to %s", what)
	return steps
}

func named360(text string) func(focused) bool {
	return func(f focused) bool { return strings.Contains(f.Name, text) }
}

// TestSmallAssociation walks as a small association would: from the home page to needs, to software, to a comparison, to a host near by, to
// its page; by keyboard alone, on a narrow screen, in French, with script and without. With SCREENSHOTS=DIR it leaves pictures of each step.
func TestSmallAssociation(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	server := httptest.NewServer(richServer(t))
	defer server.Close()
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script %t", script), func(t *testing.T) {
			b.t = t
			b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": !script}, nil)
			pictures, step := os.Getenv("SCREENSHOTS"), 0
			shot := func(name string) {
				if step++; pictures != "" && script {
					b.shot(filepath.Join(pictures, fmt.Sprintf("walk-%d-%s.png", step, name)))
				}
			}
			title := func(want string) {
				t.Helper()
				var got string
				if b.eval(`document.querySelector("h1").textContent.trim().replace(/\s+/g, " ")`, &got); !strings.Contains(got, want) {
					t.Fatalf("the page is %q, not %q", got, want)
				}
			}
			b.open(server.URL+"/", 360, false)
			if n := b.tabTo("the skip link", named360("Aller au contenu")); n != 1 {
				t.Errorf("the skip link comes at step %d", n)
			}
			shot("skip")
			steps := b.tabTo("the needs", named360("Besoins"))
			b.enter()
			title("Que voulez-vous faire")
			steps += b.tabTo("the box", func(f focused) bool { return f.Type == "search" })
			b.say("gérer les adhérents")
			shot("asked")
			b.enter()
			title("Logiciels libres")
			// Past the menu with the skip link, then two boxes, and Enter within the second.
			b.tab()
			b.press("Enter", "\r", 13)
			steps += 2 + b.tabTo("a first box", func(f focused) bool { return f.Type == "checkbox" })
			b.space()
			steps += b.tabTo("a second box", func(f focused) bool { return f.Type == "checkbox" })
			b.space()
			shot("ticked")
			b.enter()
			title("Comparaison")
			shot("compared")

			// The same for video meetings, from the page of the need; here on to a host near by.
			b.open(server.URL+"/besoins/visioconference", 360, false)
			steps += b.tabTo("Jitsi's box", func(f focused) bool { return f.Type == "checkbox" && strings.Contains(f.Name, "Jitsi Meet") })
			b.space()
			steps += b.tabTo("another box", func(f focused) bool { return f.Type == "checkbox" })
			b.space()
			steps += b.tabTo("the button", func(f focused) bool { return f.Tag == "BUTTON" })
			b.enter()
			title("Comparaison")
			steps += b.tabTo("where we are", named360("près de chez vous"))
			b.say("Bordeaux")
			shot("where")
			b.enter()
			title("Hébergeurs et prestataires")
			steps += b.tabTo("the host", named360("Toile libre"))
			shot("host")
			b.enter()
			title("Toile libre")
			shot("organisation")
			t.Logf("%d keys", steps)
			if steps > 120 {
				t.Errorf("%d keys are too many", steps)
			}
			b.leave(t)
		})
	}
}

// leave goes through the whole page: the keyboard is held nowhere.
func (b *browser) leave(t *testing.T) {
	t.Helper()
	for range 200 {
		b.tab()
		var tag string
		if b.eval(`document.activeElement.tagName`, &tag); tag == "BODY" {
			return
		}
	}
	t.Error("the keyboard does not get out of the page")
}

// tool is a file of a program for checking pages, which .ci/tools brings; the test is skipped where it is not.
func tool(t *testing.T, path string) string {
	t.Helper()
	file := filepath.Join("..", ".tools", "node_modules", path)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("%s is not there: .ci/tools pages", path)
	}
	return file
}

// TestCatalogueWithAxe has axe-core look at every page of the catalogue on the narrowest screen, light and dark, and at some on a wide one:
// it finds nothing against WCAG 2.2 AA, nor against its own good practice.
func TestCatalogueWithAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := startBrowser(t)
	server := httptest.NewServer(richServer(t))
	defer server.Close()
	look := func(label, rules string) {
		t.Helper()
		var found []string
		b.eval(`axe.run(document, {`+rules+`resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).slice(0, 3).join(" ")))`, &found)
		for _, f := range found {
			t.Errorf("%s: %s", label, f)
		}
	}
	all := `rules: {"target-size": {enabled: true}}, `
	for name, path := range cataloguePages {
		for _, width := range []int{320, 1280} {
			if width == 1280 {
				if name != "list" && name != "software" && name != "compare" {
					continue
				}
				path += "&lang=en"
				if !strings.Contains(path, "?") {
					path = strings.Replace(path, "&", "?", 1)
				}
			}
			v := b.open(server.URL+path, width, false)
			for _, u := range v.Requests {
				if len(v.Requests) > 3 || !strings.HasPrefix(u, server.URL) && !strings.HasPrefix(u, "data:") {
					t.Errorf("%s asks for %v", name, v.Requests)
				}
			}
			var seen struct {
				Wide   int
				Cookie string
			}
			if b.eval(measure, &seen); seen.Wide > width || seen.Cookie != "" {
				t.Errorf("%s is %d px wide in a window of %d; cookie %q", name, seen.Wide, width, seen.Cookie)
			}
			var loaded bool
			b.eval(string(axe)+"; true", &loaded)
			look(fmt.Sprintf("%s at %d", name, width), all)
			b.scheme(true)
			look(name+" in the dark", `runOnly: ["color-contrast"], `)
		}
	}
}

// TestCatalogueWithTheNuChecker has the W3C's checker read every page of the catalogue, in both languages, and the style sheet.
func TestCatalogueWithTheNuChecker(t *testing.T) {
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not installed")
	}
	jar := tool(t, "vnu-jar/build/dist/vnu.jar")
	h, dir := richServer(t), t.TempDir()
	for name, path := range cataloguePages {
		for _, lang := range []string{"fr", "en"} {
			file := filepath.Join(dir, name+"-"+lang+".html")
			if err := os.WriteFile(file, get(h, path, "Accept-Language", lang).Body.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := exec.CommandContext(t.Context(), java, "-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", jar, "--format", "gnu", dir).CombinedOutput()
	if text := strings.TrimSpace(string(out)); err != nil || text != "" {
		t.Errorf("%v\n%s", err, text)
	}
}
