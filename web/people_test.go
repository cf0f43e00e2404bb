// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"communs/registry/people"
)

const origin = "https://communs.exemple.fr"

// walker is a browser without script that keeps its cookie.
type walker struct {
	t       testing.TB
	h       http.Handler
	cookie  *http.Cookie
	entry   *http.Cookie // of an attempt to sign in with another site
	from    string       // the network address
	letters *[]Letter
}

// newWalker starts a server with accounts.
func newWalker(t testing.TB, post func(Letter) error, more ...func(*Config)) (*walker, *people.Store) {
	t.Helper()
	store, err := people.Open(t.Context(), people.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	w := &walker{t: t, from: "192.0.2.1:1234", letters: new([]Letter)}
	w.h = newServer(t, newFake(), func(c *Config) {
		c.BaseURL, c.Origin, c.People = origin, origin, store
		c.Post = func(_ context.Context, l Letter) error {
			*w.letters = append(*w.letters, l)
			if post != nil {
				return post(l)
			}
			return nil
		}
		for _, set := range more {
			set(c)
		}
	})
	return w, store
}

// ask sends a request as a browser on this site's own pages does; header holds names and values in turn.
func (w *walker) ask(method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = "communs.exemple.fr", w.from
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range []*http.Cookie{w.cookie, w.entry} {
		if c != nil {
			r.AddCookie(c)
		}
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got := httptest.NewRecorder()
	w.h.ServeHTTP(got, r)
	for _, c := range got.Result().Cookies() {
		kept := &w.cookie
		if strings.HasSuffix(c.Name, "-entry") {
			kept = &w.entry
		}
		if *kept = c; c.MaxAge < 0 {
			*kept = nil
		}
	}
	return got
}

var (
	formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)
	linkPath  = regexp.MustCompile(`https://communs\.exemple\.fr(/\S+)`)
	newKey    = regexp.MustCompile(`communs_[\w-]{43}`)
)

// do sends one of the account's forms.
func (w *walker) do(what string, more ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	found := formToken.FindStringSubmatch(w.ask("GET", "/compte", nil).Body.String())
	if found == nil {
		w.t.Fatal("the account's page has no form")
	}
	form := url.Values{"form": {found[1]}, "do": {what}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return w.ask("POST", "/compte", form)
}

// letterLink is where the last letter leads.
func (w *walker) letterLink() string {
	w.t.Helper()
	if len(*w.letters) == 0 {
		w.t.Fatal("no letter left")
	}
	found := linkPath.FindStringSubmatch((*w.letters)[len(*w.letters)-1].Text)
	if found == nil {
		w.t.Fatalf("no link in %q", (*w.letters)[len(*w.letters)-1].Text)
	}
	return found[1]
}

func (w *walker) signIn(email string) {
	w.t.Helper()
	if got := w.ask("POST", "/connexion", url.Values{"email": {email}}); got.Code != 200 {
		w.t.Fatalf("asking for a link: %d\n%s", got.Code, got.Body)
	}
	link := w.letterLink()
	if got := w.ask("POST", link, nil); got.Code != 303 || got.Header().Get("Location") != "/compte" || w.cookie == nil {
		w.t.Fatalf("following the link: %d, %v", got.Code, got.Header())
	}
}

func TestSignIn(t *testing.T) {
	w, _ := newWalker(t, nil)
	// A visitor gets no cookie, wherever they go.
	for _, path := range []string{"/", "/code?q=parse", "/connexion", "/compte"} {
		if got := w.ask("GET", path, nil); got.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s sets %q", path, got.Header().Get("Set-Cookie"))
		}
	}
	if got := w.ask("GET", "/compte", nil); got.Code != 303 || got.Header().Get("Location") != "/connexion" {
		t.Errorf("/compte leads a visitor to %d %q", got.Code, got.Header().Get("Location"))
	}
	if got := w.ask("POST", "/connexion", url.Values{"email": {"anne@exemple.fr"}}); got.Code != 200 || !strings.Contains(got.Body.String(), "anne@exemple.fr") || got.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v\n%s", got.Code, got.Header(), got.Body)
	}
	l := (*w.letters)[0]
	if l.To != "anne@exemple.fr" || l.Lang != "fr" || !strings.Contains(l.Text, "vingt minutes") {
		t.Errorf("%+v", l)
	}
	link := w.letterLink()
	// Looking at the link, as programs do that look into mailboxes, signs nobody in.
	for range 2 {
		got := w.ask("GET", link, nil)
		if got.Code != 200 || w.cookie != nil || strings.Contains(got.Body.String(), `rel="canonical" href="`+origin+link) {
			t.Fatalf("%d, cookie %v\n%s", got.Code, w.cookie, got.Body)
		}
	}
	got := w.ask("POST", link, nil)
	if got.Code != 303 || w.cookie == nil {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	if set := got.Header().Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-communs=") || !strings.Contains(set, "; HttpOnly") || !strings.Contains(set, "; Secure") || !strings.Contains(set, "; SameSite=Lax") || !strings.Contains(set, "; Path=/;") {
		t.Errorf("the cookie is %q", set)
	}
	if got := w.ask("GET", "/connexion", nil); got.Code != 303 || got.Header().Get("Location") != "/compte" {
		t.Errorf("signing in again: %d", got.Code)
	}
	if got := w.ask("GET", "/compte", nil); got.Code != 200 || got.Header().Get("Cache-Control") != "no-store" || !strings.Contains(got.Body.String(), "anne@exemple.fr") {
		t.Errorf("%d %v\n%s", got.Code, got.Header(), got.Body)
	}
	for _, test := range []struct {
		path string
		code int
		says string
	}{
		{link, 410, "déjà servi"}, {"/connexion/" + strings.Repeat("A", 43), 404, "n’ouvre rien"}, {"/connexion/x", 404, "n’ouvre rien"}, {"/sign-in/x?lang=en", 404, "opens nothing"},
	} {
		for _, method := range []string{"GET", "POST"} {
			if got := w.ask(method, test.path, nil); got.Code != test.code || !strings.Contains(got.Body.String(), test.says) {
				t.Errorf("%s %s: %d\n%s", method, test.path, got.Code, got.Body)
			}
		}
	}
	if got := w.do("leave"); got.Code != 303 || w.cookie != nil {
		t.Errorf("signing out: %d, cookie %v", got.Code, w.cookie)
	}
}

// Whatever session a browser brought to the link is not the one that it leaves with, and is ended.
func TestNoSessionIsFixed(t *testing.T) {
	w, _ := newWalker(t, nil)
	w.signIn("mallory@exemple.fr")
	given := w.cookie
	w.signIn("anne@exemple.fr")
	if w.cookie.Value == given.Value {
		t.Fatal("the session that was brought was taken over")
	}
	w.cookie = given
	if got := w.ask("GET", "/compte", nil); got.Code != 303 {
		t.Errorf("the session that was brought still opens: %d", got.Code)
	}
	w.cookie = &http.Cookie{Name: "__Host-communs", Value: strings.Repeat("A", 43)}
	if got := w.ask("GET", "/compte", nil); got.Code != 303 || w.cookie != nil {
		t.Errorf("a session of somebody's making: %d, cookie %v", got.Code, w.cookie)
	}
}

// What another site has a browser send changes nothing.
func TestForgedForms(t *testing.T) {
	w, store := newWalker(t, nil)
	w.signIn("anne@exemple.fr")
	mine := w.cookie
	page := w.ask("GET", "/compte", nil).Body.String()
	token := formToken.FindStringSubmatch(page)[1]
	other, _ := newWalker(t, nil)
	other.signIn("mallory@exemple.fr")
	elsewhere := []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://mal.exemple.fr"}
	others := formToken.FindStringSubmatch(other.ask("GET", "/compte", nil).Body.String())[1]
	for name, test := range map[string]struct {
		form   url.Values
		header []string
	}{
		"without a token":     {url.Values{"do": {"leave-everywhere"}}, nil},
		"with another's":      {url.Values{"do": {"leave-everywhere"}, "form": {others}}, nil},
		"from another site":   {url.Values{"do": {"leave-everywhere"}, "form": {token}}, elsewhere},
		"from an old browser": {url.Values{"do": {"leave-everywhere"}, "form": {token}}, []string{"Sec-Fetch-Site", "", "Origin", "https://mal.exemple.fr"}},
	} {
		got := w.ask("POST", "/compte", test.form, test.header...)
		if got.Code != 403 || w.cookie != mine {
			t.Errorf("%s: %d\n%s", name, got.Code, got.Body)
		}
		if got := w.ask("GET", "/compte", nil); got.Code != 200 {
			t.Fatalf("%s: the session has ended", name)
		}
	}
	// Nor does it have a letter sent, or somebody signed in as somebody else.
	before := len(*w.letters)
	if got := w.ask("POST", "/connexion", url.Values{"email": {"anne@exemple.fr"}}, elsewhere...); got.Code != 403 || len(*w.letters) != before {
		t.Errorf("a letter from another site: %d", got.Code)
	}
	l, err := store.SignInLink(t.Context(), "mallory@exemple.fr", "fr")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.ask("POST", "/connexion/"+l.Secret, nil, elsewhere...); got.Code != 403 || w.cookie != mine {
		t.Errorf("signed in by another site: %d", got.Code)
	}
}

func TestAccountForms(t *testing.T) {
	w, store := newWalker(t, nil)
	w.signIn("anne@exemple.fr")
	if got := w.do("name", "name", `Anne <script>alert(1)</script>`, "lang", "en"); got.Code != 200 || strings.Contains(got.Body.String(), "<script>") || !strings.Contains(got.Body.String(), "C’est enregistré") {
		t.Errorf("%d\n%s", got.Code, got.Body)
	}
	a, err := store.Account(t.Context(), "anne@exemple.fr")
	if err != nil || a.Lang != "en" || a.Name != "Anne <script>alert(1)</script>" {
		t.Errorf("%+v, %v", a, err)
	}
	got := w.do("key", "name", "import", "scope", "read", "scope", "edit", "days", "30")
	key := newKey.FindString(got.Body.String())
	if got.Code != 200 || key == "" {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	if opened, err := store.Unlock(t.Context(), key, people.ScopeEdit); err != nil || opened.ID != a.ID {
		t.Errorf("the key opens %+v, %v", opened, err)
	}
	if again := w.ask("GET", "/compte", nil).Body.String(); strings.Contains(again, key) || !strings.Contains(again, "import") {
		t.Error("the key is shown again, or not listed")
	}
	for name, form := range map[string][]string{
		"a name of two lines":  {"name", "name", strings.Repeat("x", 81)},
		"a key for nothing":    {"key", "name", "x", "days", "30"},
		"a key for ever":       {"key", "name", "x", "scope", "read", "days", "99999"},
		"a key for no number":  {"key", "name", "x", "scope", "read", "days", "x"},
		"a scope that is none": {"key", "name", "x", "scope", "admin", "days", "30"},
		"another's key":        {"drop", "key", "x"},
		"erasing by mistake":   {"erase"},
	} {
		if got := w.do(form[0], form[1:]...); got.Code < 400 || got.Code >= 500 || !strings.Contains(got.Body.String(), `id="fault"`) && got.Code != 401 {
			t.Errorf("%s: %d\n%s", name, got.Code, got.Body)
		}
	}
	if got := w.do("king"); got.Code != 400 {
		t.Errorf("a form that is none: %d", got.Code)
	}
	if got := w.do("erase", "sure", "1"); got.Code != 303 || w.cookie != nil {
		t.Errorf("erasing: %d, cookie %v", got.Code, w.cookie)
	}
	if _, err := store.Account(t.Context(), "anne@exemple.fr"); !errors.Is(err, people.ErrNoAccount) {
		t.Errorf("after erasing: %v", err)
	}
}

var attempts = flag.Int("attempts", 2000, "how often one address asks for a link")

// However often one network asks for letters, ten leave; others are served; one address gets three whoever asks. What is refused is not remembered.
func TestLettersAreLimited(t *testing.T) {
	w, _ := newWalker(t, nil)
	refused := 0
	for i := range *attempts {
		got := w.ask("POST", "/connexion", url.Values{"email": {fmt.Sprintf("a%d@exemple.fr", i)}})
		switch got.Code {
		case 200:
		case 429:
			if refused++; got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "trop souvent") {
				t.Fatalf("%v\n%s", got.Header(), got.Body)
			}
		default:
			t.Fatalf("%d\n%s", got.Code, got.Body)
		}
	}
	if len(*w.letters) != atOnceNetwork || refused != *attempts-atOnceNetwork {
		t.Errorf("%d letters left, %d were refused", len(*w.letters), refused)
	}
	sent := 0
	for i := range 20 {
		w.from = fmt.Sprintf("198.51.100.%d:1", i+1)
		spelt := []string{"anne@exemple.fr", "Anne@exemple.fr", "aNNe@Exemple.fr"}[i%3] // accounts do not tell them apart
		if got := w.ask("POST", "/connexion", url.Values{"email": {spelt}}); got.Code == 200 {
			sent++
		}
	}
	if sent != atOnceAddress {
		t.Errorf("%d letters left for one address", sent)
	}
}

// A link that came too late, at the page that it leads to: it says so, opens nothing, and sets no cookie.
func TestLateLink(t *testing.T) {
	now := time.Now()
	store, err := people.Open(t.Context(), people.Config{Dir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	w, _ := newWalker(t, nil, func(c *Config) { c.People = store })
	if got := w.ask("POST", "/connexion", url.Values{"email": {"anne@exemple.fr"}}); got.Code != 200 {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	link := w.letterLink()
	now = now.Add(20 * time.Minute)
	for _, method := range []string{"GET", "POST"} {
		if got := w.ask(method, link, nil); got.Code != 410 || w.cookie != nil || !strings.Contains(got.Body.String(), "il a expiré") || !strings.Contains(got.Body.String(), "Demandez un nouveau lien") {
			t.Errorf("%s: %d\n%s", method, got.Code, got.Body)
		}
	}
}

// TestFormsSayWhereTheyStand holds the policy under which browsers send the origin with a form: under no-referrer they send "null", which over
// http, where there is no Sec-Fetch-Site, is refused as foreign.
func TestFormsSayWhereTheyStand(t *testing.T) {
	w, store := newWalker(t, nil)
	link, err := store.SignInLink(t.Context(), "anne@exemple.fr", "fr")
	if err != nil {
		t.Fatal(err)
	}
	path := "/connexion/" + link.Secret
	for _, page := range []string{"/connexion", path, "/compte"} {
		if page == "/compte" {
			w.ask("POST", path, nil)
		}
		got := w.ask("GET", page, nil)
		if policy := got.Header().Get("Referrer-Policy"); got.Code != 200 || policy != "same-origin" {
			t.Errorf("%s: %d, Referrer-Policy: %s", page, got.Code, policy)
		}
	}
	if policy := w.ask("GET", "/", nil).Header().Get("Referrer-Policy"); policy != "no-referrer" {
		t.Error(policy)
	}
	// An old browser, or one over http.
	if got := w.ask("POST", "/connexion", url.Values{"email": {"b@exemple.fr"}}, "Sec-Fetch-Site", "", "Origin", origin); got.Code != 200 {
		t.Errorf("%d\n%s", got.Code, got.Body)
	}
}

// TestLogHoldsNoAddress holds that what a mail server says of whom it refuses stands in no log.
func TestLogHoldsNoAddress(t *testing.T) {
	var log bytes.Buffer
	store, err := people.Open(t.Context(), people.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	w := &walker{t: t, from: "192.0.2.1:1234", h: newServer(t, newFake(), func(c *Config) {
		c.BaseURL, c.Origin, c.People, c.Logger = origin, origin, store, slog.New(slog.NewTextHandler(&log, nil))
		c.Post = func(_ context.Context, l Letter) error {
			return fmt.Errorf("550 no mailbox <%s>, affected recipient(s): %s", strings.ToUpper(l.To), l.To)
		}
	})}
	if got := w.ask("POST", "/connexion", url.Values{"email": {"anne+x@exemple.fr"}}); got.Code != 503 {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	if text := log.String(); !strings.Contains(text, "550 no mailbox") || strings.Contains(strings.ToLower(text), "anne") {
		t.Error(text)
	}
}

func TestBadSignIn(t *testing.T) {
	w, _ := newWalker(t, func(l Letter) error {
		if l.To == "down@exemple.fr" {
			return errors.New("no server")
		}
		return nil
	})
	for _, test := range []struct {
		email string
		code  int
	}{{"", 422}, {"anne", 422}, {"anne@exemple.fr\r\nBcc: bob@exemple.fr", 422}, {`"><script>x</script>`, 422}, {"down@exemple.fr", 503}} {
		got := w.ask("POST", "/connexion", url.Values{"email": {test.email}})
		if got.Code != test.code || !strings.Contains(got.Body.String(), `id="fault"`) || strings.Contains(got.Body.String(), "<script") {
			t.Errorf("%q: %d\n%s", test.email, got.Code, got.Body)
		}
	}
	if len(*w.letters) != 1 {
		t.Errorf("%d letters were tried", len(*w.letters))
	}
	// An instance without a mail server says so, and does not speak of accounts elsewhere.
	bare := newServer(t, newFake(), func(c *Config) { c.People, c.Origin = w.hStore(t), origin })
	if got := get(bare, "/connexion"); got.Code != 200 || !strings.Contains(got.Body.String(), "n’envoie pas de courrier") {
		t.Errorf("without a mail server: %d\n%s", got.Code, got.Body)
	}
	if got := get(bare, "/"); strings.Contains(got.Body.String(), "/compte") {
		t.Error("the home page leads to an account")
	}
}

// hStore is a store of its own.
func (w *walker) hStore(t testing.TB) *people.Store {
	t.Helper()
	s, err := people.Open(t.Context(), people.Config{Dir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
