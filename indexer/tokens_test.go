// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTokenize(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"parseHTTPHeader2", "2 header http pars parsehttpheader2"},
		{"parse_date", "date pars parsed"},
		{"OAuth2Token", "2 auth o oauth oauth2token token"},
		{"isIPv6 IPv6", "6=2 i=2 ipv6 ipv=2 is isipv6 pv=2"},
		{"get_x_axis xAxis", "axi=2 get getxaxi x=2 xaxi=2"},
		{"e-mail eMail", "e=2 email mail=2"},
		{"parsed dates", "date pars"},
		{"MAX_FILE_SIZE", "file max maxfiles size"},
		{"Content-Type", "content contenttyp type"},
		{"n-1 i-j", "1 i j n"},
		{"userIDs", "id user userid"},
		{"URLs", "url"},
		{"__init__", "init"},
		{"été Œuvre STRASSE straße naïve", "ete naiv oeuvr strass=2"},
		{"e\u0301te\u0301 \u00c9T\u00c9", "ete=2"},
		{"l’heure l'heure", "heur=2 l=2"},
		{"« mot »", "mot"},
		{"the a of", "a of the"},
		{"x = x + x", "x=3"},
		{"0x1F 0xdead_beef", "0x1f 0xdead_beef"},
		{"sha256", "256 sha sha256"},
		{"привет Мир", "мир привет"},
		{"日本", "日 本"},
		{strings.Repeat("1", 20), strings.Repeat("1", 20)},
		{strings.Repeat("1", 21), ""},
		{strings.Repeat("a", 64), strings.Repeat("a", 64)},
		{strings.Repeat("a", 65), ""},
		{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ""},
		{"h1:Kx9vZ0sQe/8aTq3mN+rW5yLpJd2HcVb7GfUoXi4tSlE=", "1 h h1"},
		{"3f2504e0-4f89-11d3-9a0c-0305e82c3301", ""},
		{"github.com/go-enry/go-enry/data", "com data enri=2 github go=2 goenri=2"},
		{"\xff\xfe bad \x80", "bad"},
		{"", ""},
	} {
		terms, length := NewTokenizer().Tokenize([]byte(c.text), false)
		if c.text == "3f2504e0-4f89-11d3-9a0c-0305e82c3301" {
			if len(terms) > 14 {
				t.Errorf("%q gives %d terms", c.text, len(terms))
			}
			continue
		}
		if got := termString(terms); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		sum := 0
		for _, f := range terms {
			sum += f.Freq
		}
		if sum != length {
			t.Errorf("%q: length %d, frequencies add up to %d", c.text, length, sum)
		}
	}
}

func termString(terms []TermFreq) string {
	var out []string
	for _, f := range terms {
		if f.Freq == 1 {
			out = append(out, f.Term)
		} else {
			out = append(out, fmt.Sprintf("%s=%d", f.Term, f.Freq))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestTokenizeLatin1(t *testing.T) {
	terms, _ := NewTokenizer().Tokenize([]byte("\xe9t\xe9 c\x9cur"), true)
	if got := termString(terms); got != "coeur ete" {
		t.Errorf("got %q", got)
	}
}

// TestTokenizerStartsAfresh holds that one block's counts do not leak into the next, even when the memory is emptied.
func TestTokenizerStartsAfresh(t *testing.T) {
	tok := NewTokenizer()
	tok.limit = 100
	for i := range 50 {
		tok.Tokenize(fmt.Appendf(nil, "w%da w%db w%dc w%dd one", i, i, i, i), false)
	}
	if tok.known.taken > tok.limit+5 {
		t.Errorf("%d words are remembered", tok.known.taken)
	}
	terms, length := tok.Tokenize([]byte("one two two"), false)
	if got := termString(terms); got != "one two=2" || length != 3 {
		t.Errorf("got %q, length %d", got, length)
	}
}

func TestQueryTerms(t *testing.T) {
	for _, c := range []struct {
		word string
		want Terms
	}{
		{"parseDateHeader", Terms{Parts: []string{"pars", "date", "header"}, Whole: "parsedatehead"}},
		{"parsedateheader", Terms{Parts: []string{"parsedatehead"}}},
		{"parse_date", Terms{Parts: []string{"pars", "date"}, Whole: "parsed"}},
		{"content-type", Terms{Parts: []string{"content", "type"}, Whole: "contenttyp"}},
		{"headers", Terms{Parts: []string{"header"}}},
		{"Échéance", Terms{Parts: []string{"echeanc"}}},
		{"OAuth", Terms{Parts: []string{"oauth"}}},
		{"oauth2", Terms{Parts: []string{"oauth", "2"}, Whole: "oauth2"}},
		{"IPv6", Terms{Parts: []string{"ipv", "6"}, Whole: "ipv6"}},
		{"getOAuth2", Terms{Parts: []string{"get", "o", "auth", "2"}, Whole: "getoauth2"}},
		{"e-mail", Terms{Parts: []string{"e", "mail"}, Whole: "email"}},
		{"foo.bar", Terms{Parts: []string{"foo", "bar"}}},
		{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4", Terms{}},
		{"…", Terms{}},
	} {
		if diff := cmp.Diff(c.want, QueryTerms(c.word)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.word, diff)
		}
	}
}

// TestQueryTermsMeetBlocks holds that each word of a text, typed as a query, gives terms that the text has.
func TestQueryTermsMeetBlocks(t *testing.T) {
	text := "func (s *Server) ServeHTTP(w http.ResponseWriter, r *Request2) { x_y := content-type; OAuth2Token isIPv6 IPv6 x_axis getXAxis e-mail eMail_t; l’été à Besançon; 0xFF; 日本語 }"
	terms, _ := NewTokenizer().Tokenize([]byte(text), false)
	have := map[string]bool{}
	for _, f := range terms {
		have[f.Term] = true
	}
	for _, w := range regexp.MustCompile(`[\pL\pN_’-]+`).FindAllString(text, -1) {
		q := QueryTerms(w)
		if len(q.Parts) == 0 {
			t.Errorf("%q has no parts", w)
		}
		for _, p := range append(q.Parts, q.Whole) {
			if p != "" && !have[p] {
				t.Errorf("%q asks for %q, which the text does not have", w, p)
			}
		}
	}
}

// TestFoldAgreesWithRegexp holds Fold against what (?i) matches: every rune, and random words.
func TestFoldAgreesWithRegexp(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		f := Fold(nil, utf8.AppendRune(nil, r))
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			if !bytes.Equal(f, Fold(nil, utf8.AppendRune(nil, o))) {
				t.Errorf("%q and %q fold differently", r, o)
			}
		}
		if c, _ := utf8.DecodeRune(f); unicode.SimpleFold(r) == r && c != r {
			t.Errorf("%q alone folds to %q", r, c)
		}
	}
	letters := []rune("aAkKKsSſßẞéÉèσςΣµμΜıİiI\u0345ιͅΩΩ0 _\u1e9e")
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		a, b := randomWord(rng, letters), randomWord(rng, letters)
		matches := regexp.MustCompile("(?i)^(?:" + regexp.QuoteMeta(a) + ")$").MatchString(b)
		if folds := bytes.Equal(Fold(nil, []byte(a)), Fold(nil, []byte(b))); folds != matches {
			t.Fatalf("%q and %q: (?i) says %v, Fold says %v", a, b, matches, folds)
		}
	}
	if got := Fold([]byte("x"), []byte("K\xffſ")); string(got) != "xk\xffs" {
		t.Errorf("got %q", got)
	}
}

func randomWord(rng *rand.Rand, letters []rune) string {
	w := make([]rune, 1+rng.IntN(2))
	for i := range w {
		w[i] = letters[rng.IntN(len(letters))]
	}
	return string(w)
}

func FuzzTokenize(f *testing.F) {
	f.Add([]byte("parseHTTPHeader2 été 日本 \xff0x1F-a-b"), false)
	f.Add([]byte("\x80\x9c\xe9"), true)
	tok := NewTokenizer()
	f.Fuzz(func(t *testing.T, text []byte, latin1 bool) {
		terms, length := tok.Tokenize(text, latin1)
		sum := 0
		seen := map[string]bool{}
		for _, w := range terms {
			sum += w.Freq
			if w.Term == "" || len(w.Term) > maxTerm || seen[w.Term] || !utf8.ValidString(w.Term) {
				t.Fatalf("term %q", w.Term)
			}
			seen[w.Term] = true
		}
		if sum != length {
			t.Fatalf("length %d, sum %d", length, sum)
		}
		QueryTerms(string(text))
	})
}

func BenchmarkTokenize(b *testing.B) {
	files, size := benchSources(b, "Go")
	tok := NewTokenizer()
	b.SetBytes(size)
	for b.Loop() {
		for _, src := range files {
			for len(src) > 0 { // in blocks of about a kilobyte
				n := min(1000, len(src))
				tok.Tokenize(src[:n], false)
				src = src[n:]
			}
		}
	}
}

func BenchmarkTokenizeNewWords(b *testing.B) {
	files, size := benchSources(b, "Go")
	b.SetBytes(size)
	for b.Loop() {
		tok := NewTokenizer()
		for _, src := range files {
			tok.Tokenize(src, false)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	files, size := benchSources(b, "Go")
	var dst []byte
	b.SetBytes(size)
	for b.Loop() {
		for _, src := range files {
			dst = Fold(dst[:0], src)
		}
	}
}
