// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"communs/internal/durable"
)

// A made-up word in every format, so that no other lexicon can know it: bidule is gizmo.
const poFile = `# Header
msgid ""
msgstr ""
"Language: fr\n"

#: src/a.c:10
msgid "Open the gizmo"
msgstr "Ouvrir le bidule"

msgid "Close the gizmo %s"
msgstr ""
"Fermer le "
"bidule %s"

#, fuzzy
msgid "Wrong"
msgstr "Faux"

msgctxt "menu"
msgid "One gizmo"
msgid_plural "%d gizmos"
msgstr[0] "Un bidule"
msgstr[1] "%d bidules"

msgid "Save the window"
msgstr "Enregistrer la fenêtre"

msgid "Window"
msgstr "Fenêtre"

#~ msgid "Old"
#~ msgstr "Vieux"
`

func catalogueFiles() tree {
	return tree{
		"po/fr.po":                     poFile,
		"po/de.po":                     strings.ReplaceAll(poFile, "bidule", "Dingsda"),
		"locales/en/app.json":          `{"menu":{"open":"Open the gizmo","n":3},"list":["Gizmo list"]}`,
		"locales/fr/app.json":          `{"menu":{"open":"Ouvrir le bidule","n":3},"list":["Liste des bidules"],"only":"seul"}`,
		"config/locales/en.yml":        "en:\n  gizmo:\n    title: \"Gizmo\"\n    text: |\n      Many\n      lines: here\n    new: 'New gizmo'\n",
		"config/locales/fr.yml":        "fr:\n  gizmo:\n    title: \"Bidule\"\n    text: |\n      Bien\n      lignes: là\n    new: 'Nouveau bidule'\n",
		"src/messages.properties":      "gizmo.find=Find gizmo\n# no\n",
		"src/messages_fr.properties":   "gizmo.find=Trouver le bidule\n",
		"i18n/active.en.toml":          "[find]\nother = \"Find the gizmo\"\n",
		"i18n/active.fr.toml":          "[find]\nother = \"Trouver le bidule\"\n",
		"src/locale/messages.fr.xlf":   `<xliff version="1.2"><file source-language="en" target-language="fr"><body><trans-unit id="1"><source>Delete the gizmo</source><target>Supprimer le bidule</target></trans-unit></body></file></xliff>`,
		"main.go":                      "package main\n\nfunc main() {}\n",
		"src/locale/france/frame.json": `{"a":"b"}`,
		"testdata/fr.po":               poFile,
	}
}

func TestCataloguesAreFound(t *testing.T) {
	dir := t.TempDir()
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/x", "1", catalogueFiles()))
	x := open(t, dir)
	o := x.repos[0]
	var got []string
	for _, c := range o.catalogues() {
		got = append(got, o.Path(c.row)+" "+o.Path(c.english))
	}
	want := []string{
		"config/locales/fr.yml config/locales/en.yml", "i18n/active.fr.toml i18n/active.en.toml", "locales/fr/app.json locales/en/app.json",
		"po/fr.po po/fr.po", "src/locale/messages.fr.xlf src/locale/messages.fr.xlf", "src/messages_fr.properties src/messages.properties",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCataloguesAreRead(t *testing.T) {
	po, err := readPO([]byte(poFile))
	if want := []message{{"Open the gizmo", "Ouvrir le bidule"}, {"Close the gizmo %s", "Fermer le bidule %s"}, {"One gizmo", "Un bidule"},
		{"Save the window", "Enregistrer la fenêtre"}, {"Window", "Fenêtre"}}; err != nil || !reflect.DeepEqual(po, want) {
		t.Errorf("po: %q, %v", po, err)
	}
	files := catalogueFiles()
	xlf, err := readXLIFF([]byte(files["src/locale/messages.fr.xlf"]))
	if err != nil || !reflect.DeepEqual(xlf, []message{{"Delete the gizmo", "Supprimer le bidule"}}) {
		t.Errorf("xliff: %q, %v", xlf, err)
	}
	for _, c := range []struct {
		ext, src string
		want     map[string]string
	}{
		{"json", `{"a":{"b":"x"},"l":["y"],"n":1}`, map[string]string{"\x00a\x00b": "x", "\x00l\x000": "y"}},
		{"json", `[{"id":"k","translation":"x"}]`, map[string]string{"\x00k\x00id": "k", "\x00k\x00translation": "x"}},
		{"toml", "[a]\nb = \"x\"\n", map[string]string{"\x00a\x00b": "x"}},
		{"properties", "a.b = x\\\n  y\nc:\\u00e9t\\u00e9\n", map[string]string{"a.b": "x  y", "c": "été"}},
		{"properties", "a=\xe9t\xe9\n", map[string]string{"a": "été"}},
		{"yml", "fr:\n  a:\n    b: \"x\\ny\"\n    c: 'it''s'\n  d: |\n    e: no\n  f: z\n", map[string]string{"\x00\x00a\x00b": "x\ny", "\x00\x00a\x00c": "it's", "\x00\x00f": "z"}},
	} {
		got, err := readKeyed(c.ext, []byte(c.src))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %q: %q, %v", c.ext, c.src, got, err)
		}
	}
	if _, err := readKeyed("json", []byte("{")); err == nil {
		t.Error("broken JSON is read")
	}
}

func pairsOf(x *Index, french string) (all []Pair) {
	for _, p := range x.Pairs(nil) {
		if p.French == french {
			all = append(all, p)
		}
	}
	return all
}

// TestLexiconFollowsTheRepositories: pairs come with their places, go with their repository, and are kept when nothing changes.
func TestLexiconFollowsTheRepositories(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	one, two := "https://forge.example/a/one", "https://forge.example/b/two"
	add(t, opts, snapshot(one, "1", catalogueFiles()))
	x := open(t, dir)
	found := pairsOf(x, "bidule")
	if len(found) != 1 || found[0].English != "gizmo" || found[0].Probability < 0.5 || len(found[0].Places) == 0 || found[0].Places[0].Repo != one {
		t.Fatalf("got %+v", x.Pairs(nil))
	}
	if all := pairsOf(x, "enregistrer"); len(all) > 0 {
		t.Errorf("a word seen once is taken for known: %+v", all)
	}
	generation, file := x.Generation(), x.current.Lexicon.Name
	add(t, opts, snapshot(one, "1", catalogueFiles()))
	if x := open(t, dir); x.Generation() != generation || x.current.Lexicon.Name != file {
		t.Error("the lexicon is written again though nothing changed")
	}
	add(t, opts, snapshot(one, "1", catalogueFiles()), snapshot(two, "1", tree{"fr.po": poFile, "x.go": "package x\n"}))
	x = open(t, dir)
	if found := pairsOf(x, "bidule"); len(found) != 1 || !slices.ContainsFunc(found[0].Places, func(p PairPlace) bool { return p.Repo == two }) {
		t.Errorf("got %+v", found)
	}
	if faults, err := Check(context.Background(), dir, func(string) {}); len(faults) > 0 || err != nil {
		t.Errorf("got %v, %v", faults, err)
	}
	w, err := NewWriter(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	hash := gitHash(poFile)
	if err := w.Withdraw(context.Background(), []string{one}, []BlobHash{hash}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir)
	if found := x.Pairs(nil); len(found) > 0 || x.current.Lexicon != nil {
		t.Errorf("withdrawn, and still known: %+v", found)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "lexicon")); len(left) > 0 {
		t.Errorf("the file is left: %v", left)
	}
}

// TestDamagedLexiconIsWithdrawn: a withdrawal that was cut short is completed also where the file cannot be read: it may hold what is
// withdrawn.
func TestDamagedLexiconIsWithdrawn(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	const one = "https://forge.example/one/one"
	add(t, opts, snapshot(one, "1", catalogueFiles()))
	w, err := NewWriter(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "lexicon", w.current.Lexicon.Name)
	w.current.Hidden.Repos = []string{one}
	if err := w.publish(); err != nil { // and killed
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if w, err = NewWriter(context.Background(), opts); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if left, _ := os.ReadDir(filepath.Join(dir, "lexicon")); len(left) > 0 || w.current.Lexicon != nil {
		t.Errorf("the file is left: %v", left)
	}
}

// TestLexiconIsMended: a damaged file is named, the rest answers, and the next update makes it anew.
func TestLexiconIsMended(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	s := snapshot("https://forge.example/a/one", "1", catalogueFiles())
	add(t, opts, s)
	name := filepath.Join(dir, "lexicon", open(t, dir).current.Lexicon.Name)
	for _, damage := range []func() error{
		func() error { return os.WriteFile(name, []byte("no"), 0o600) },
		func() error { return os.Remove(name) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		x := open(t, dir)
		if len(x.Faults()) != 1 || len(x.Pairs(nil)) != 0 || len(x.repos) != 1 {
			t.Errorf("faults %v, pairs %v", x.Faults(), x.Pairs(nil))
		}
		if faults, err := Check(context.Background(), dir, func(string) {}); len(faults) != 1 || err != nil {
			t.Errorf("got %v, %v", faults, err)
		}
		add(t, opts, s)
		x = open(t, dir)
		if len(x.Faults()) != 0 || len(pairsOf(x, "bidule")) != 1 {
			t.Errorf("not mended: %v", x.Faults())
		}
		name = filepath.Join(dir, "lexicon", x.current.Lexicon.Name)
	}
}

// TestLexiconCutOffAtEachStep: whatever step fails, the index opens whole, and the next update completes it.
func TestLexiconCutOffAtEachStep(t *testing.T) {
	s := snapshot("https://forge.example/a/one", "1", tree{"po/fr.po": poFile, "i18n/en.json": `{"a":"Open gizmo"}`, "i18n/fr.json": `{"a":"Ouvrir bidule"}`})
	d := detector(t)
	for step := 1; ; step++ {
		dir, n := t.TempDir(), 0
		disk := &durable.Disk{Before: func(durable.Op, string) error {
			if n++; n >= step {
				return errStop
			}
			return nil
		}}
		err := tryAdd(Options{Dir: dir, Detector: d, Disk: disk, Jobs: 1}, s)
		if err == nil {
			return
		}
		if !errors.Is(err, errStop) {
			t.Fatal(err)
		}
		add(t, Options{Dir: dir, Detector: d}, s)
		if x := open(t, dir); len(x.Faults()) > 0 || len(pairsOf(x, "bidule")) != 1 {
			t.Fatalf("cut off at step %d: %v, %v", step, x.Faults(), x.Pairs(nil))
		}
	}
}

// TestNoiseIsPruned: words that only stand in the same messages are not taken for translations of each other.
func TestNoiseIsPruned(t *testing.T) {
	a := newAligner()
	for _, noun := range [][2]string{{"window", "fenêtre"}, {"button", "bouton"}, {"menu bar", "barre menus"}, {"key", "clé"}, {"page", "feuillet"}} {
		for _, verb := range [][2]string{{"open", "ouvrir"}, {"close", "fermer"}, {"show", "afficher"}, {"the delete", "supprimer la"}} {
			a.add(message{verb[0] + " " + noun[0], verb[1] + " " + noun[1]}, 0)
		}
	}
	best := map[string]string{}
	for _, p := range a.learn() {
		if best[p.French] == "" {
			best[p.French] = p.English
		}
	}
	for french, english := range map[string]string{"fenêtre": "window", "bouton": "button", "ouvrir": "open", "supprimer": "delete", "feuillet": "page"} {
		if best[french] != english {
			t.Errorf("%s is %q", french, best[french])
		}
	}
}

func FuzzCatalogues(f *testing.F) {
	for name, src := range catalogueFiles() {
		f.Add(strings.TrimPrefix(filepath.Ext(name), "."), []byte(src), []byte(src))
	}
	f.Fuzz(func(t *testing.T, ext string, english, french []byte) {
		c := catalogue{ext: ext, row: 1}
		switch ext {
		case "po", "xlf", "xliff":
			c.english = 1
		}
		all, err := c.messages(func(row uint32) ([]byte, error) {
			if row == 1 {
				return french, nil
			}
			return english, nil
		})
		if err != nil || len(all) > maxMessages {
			t.Fatalf("%d messages, %v", len(all), err)
		}
		a := newAligner()
		for _, m := range all[:min(len(all), 50)] {
			a.add(m, 0)
		}
		for _, p := range a.learn() {
			if !(p.Count > 0) || p.Of <= 0 || p.French == "" || p.English == "" || slices.Contains(p.In, 1) {
				t.Errorf("learnt %+v", p)
			}
		}
	})
}

func FuzzLexiconFile(f *testing.F) {
	good := &lexiconFile{Format: lexiconFormat, Repositories: []lexiconSection{{URL: "u", Catalogues: []lexiconCatalogue{{"p", 0, 0}},
		Pairs: []learnt{{"mot", "word", 2, 3, []int{0}}}}}}
	data, err := good.encode()
	if err != nil {
		f.Fatal(err)
	}
	if again, err := decodeLexicon(data); err != nil || !reflect.DeepEqual(again, good) {
		f.Fatalf("got %+v, %v", again, err)
	}
	f.Add(data)
	f.Add(bytes.Repeat([]byte{0}, 40))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := decodeLexicon(data)
		if err != nil {
			return
		}
		for _, s := range file.Repositories {
			for _, p := range s.Pairs {
				for _, i := range p.In {
					_ = s.Catalogues[i]
				}
			}
		}
	})
}
