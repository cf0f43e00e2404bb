// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	coreos "github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"communs/internal/oidc"
	"communs/registry/people"
)

// site is a small site that vouches for people, and that lies when it is told to.
type site struct {
	t      testing.TB
	URL    string
	key    *ecdsa.PrivateKey
	claims map[string]any // of whoever signs in there
	lie    func(claims map[string]any)
	codes  map[string]url.Values // not used yet → what was asked with it
	down   bool
	signed *ecdsa.PrivateKey // another key than the one it publishes
}

func newSite(t testing.TB) *site {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, key: key, signed: key, codes: map[string]url.Values{}, claims: map[string]any{"sub": "7", "email": "anne@exemple.fr", "email_verified": true, "name": "Anne"}}
	public := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: coreos.ES256}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.down:
			http.Error(w, "down", http.StatusBadGateway)
		case r.URL.Path == "/authorize":
			http.Redirect(w, r, s.agree(s.URL+r.URL.String()), http.StatusFound)
		case r.URL.Path == "/token":
			s.token(w, r)
		case r.URL.Path == coreosPath:
			json.NewEncoder(w).Encode(map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
				"id_token_signing_alg_values_supported": []string{coreos.ES256}})
		default:
			public.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // to a browser that is another site than this one
	public.SetIssuer(s.URL)
	return s
}

const coreosPath = "/.well-known/openid-configuration"

// agree is what happens in the browser at the site: somebody lets it say who they are. It gives where the browser is sent back.
func (s *site) agree(address string) string {
	s.t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, s.URL+"/authorize?") {
		s.t.Fatalf("the browser was sent to %q", address)
	}
	asked := u.Query()
	for _, name := range []string{"state", "nonce", "code_challenge", "redirect_uri"} {
		if asked.Get(name) == "" {
			s.t.Errorf("%s is missing in %s", name, address)
		}
	}
	if asked.Get("code_challenge_method") != "S256" || asked.Get("client_id") != "communs" {
		s.t.Errorf("asked with %v", asked)
	}
	code := fmt.Sprintf("code-%d", len(s.codes))
	s.codes[code] = asked
	return asked.Get("redirect_uri") + "?" + url.Values{"state": {asked.Get("state")}, "code": {code}}.Encode()
}

func (s *site) token(w http.ResponseWriter, r *http.Request) {
	user, secret, _ := r.BasicAuth()
	asked := s.codes[r.FormValue("code")]
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	w.Header().Set("Content-Type", "application/json")
	if asked == nil || user != "communs" || secret != "very-secret" || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || asked.Get("redirect_uri") != r.FormValue("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"very-secret anne@exemple.fr"}`)
		return
	}
	s.codes[r.FormValue("code")] = nil
	claims := maps.Clone(s.claims)
	maps.Copy(claims, map[string]any{"iss": s.URL, "aud": "communs", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": asked.Get("nonce")})
	if s.lie != nil {
		s.lie(claims)
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		s.t.Error(err)
	}
	json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(s.signed, "k", coreos.ES256, string(raw))})
}

// vouching is a server whose people may sign in with the site.
func vouching(t testing.TB, trust bool, log *bytes.Buffer) (*site, *walker, *people.Store) {
	t.Helper()
	there := newSite(t)
	w, store := newWalker(t, nil, func(c *Config) {
		p, err := oidc.New(oidc.Config{Name: "forge", Title: "la forge", Issuer: there.URL, ClientID: "communs", Secret: "very-secret", TrustEmails: trust})
		if err != nil {
			t.Fatal(err)
		}
		c.Providers = []*oidc.Provider{p}
		if log != nil {
			c.Logger = slog.New(slog.NewTextHandler(log, nil))
		}
	})
	return there, w, store
}

// leave presses the button, and gives where the browser is led.
func (w *walker) leave(form url.Values) string {
	w.t.Helper()
	got := w.ask("POST", "/connexion/avec/forge", form)
	address, ok := strings.CutPrefix(got.Header().Get("Refresh"), "0; url=")
	if got.Code != 200 || !ok || w.entry == nil || !strings.Contains(got.Body.String(), "Continuer vers la forge") {
		w.t.Fatalf("%d %v\n%s", got.Code, got.Header(), got.Body)
	}
	return address
}

// back is the path of an address that the site sends the browser to.
func back(address string) string { return strings.TrimPrefix(address, origin) }

// arrive comes back as a browser does, from another site.
func (w *walker) arrive(address string) *httptest.ResponseRecorder {
	return w.ask("GET", back(address), nil, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
}

func TestSignInElsewhere(t *testing.T) {
	there, w, store := vouching(t, true, nil)
	page := w.ask("GET", "/connexion?next=%2Fdecisions%2F3", nil)
	if page.Header().Get("Set-Cookie") != "" || !strings.Contains(page.Body.String(), "Se connecter avec la forge") || !strings.Contains(page.Body.String(), "cookie de dix minutes") {
		t.Errorf("%v\n%s", page.Header(), page.Body)
	}
	address := w.leave(url.Values{"next": {"/decisions/3"}})
	if set := w.entry; set.Name != "__Host-communs-entry" || !set.HttpOnly || !set.Secure || set.SameSite != http.SameSiteLaxMode || set.MaxAge != 600 || strings.Contains(set.Value, "decisions") {
		t.Errorf("the cookie is %+v", set)
	}
	to := there.agree(address)
	if !strings.HasPrefix(to, origin+"/connexion/retour/forge?") {
		t.Fatalf("back to %q", to)
	}
	entry := w.entry
	got := w.arrive(to)
	if got.Code != 303 || got.Header().Get("Location") != "/decisions/3" || w.cookie == nil || w.entry != nil {
		t.Fatalf("%d %v\n%s", got.Code, got.Header(), got.Body)
	}
	a, err := store.Account(t.Context(), "anne@exemple.fr")
	if err != nil || a.Name != "Anne" {
		t.Errorf("%+v, %v", a, err)
	}
	// The same return again, in this browser, and by whoever has stolen even its cookie.
	w.cookie = nil
	if got := w.arrive(to); got.Code != 400 || w.cookie != nil || !strings.Contains(got.Body.String(), "n’a pas commencé dans ce navigateur") {
		t.Errorf("%d\n%s", got.Code, got.Body)
	}
	w.entry = entry
	if got := w.arrive(to); got.Code != 502 || w.cookie != nil || !strings.Contains(got.Body.String(), "a refusé") {
		t.Errorf("%d\n%s", got.Code, got.Body)
	}
	// Once more, from the English page: the same account.
	got = w.ask("POST", "/sign-in/with/forge?lang=en", nil)
	got = w.arrive(there.agree(strings.TrimPrefix(got.Header().Get("Refresh"), "0; url=")))
	if got.Code != 303 || got.Header().Get("Location") != "/account" || w.cookie == nil {
		t.Errorf("%d %v\n%s", got.Code, got.Header(), got.Body)
	}
	if all, err := store.Accounts(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d accounts, %v", len(all), err)
	}
}

func TestHostileReturns(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) func(*site) {
		return func(s *site) { s.lie = func(c map[string]any) { c[name] = value } }
	}
	change := func(name, value string) func(string) string {
		return func(address string) string {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			v := u.Query()
			v.Set(name, value)
			u.RawQuery = v.Encode()
			return u.String()
		}
	}
	for name, test := range map[string]struct {
		site func(*site)
		to   func(string) string
		code int
		says string
	}{
		"a state that was made up": {nil, change("state", strings.Repeat("A", 43)), 400, "n’a pas commencé dans ce navigateur"},
		"no state":                 {nil, change("state", ""), 400, "n’a pas commencé"},
		"of another site":          {nil, change("iss", "https://mal.exemple.fr"), 400, "n’a pas commencé"},
		"a code that was made up":  {nil, change("code", "x"), 502, "a refusé"},
		"the person says no":       {nil, change("error", "access_denied"), 403, "Vous n’avez pas laissé"},
		"the site says no":         {nil, change("error", "<script>server_error</script>"), 502, "a refusé"},
		"another nonce":            {claim("nonce", "other"), nil, 502, "n’est pas signé pour"},
		"no nonce":                 {claim("nonce", ""), nil, 502, "n’est pas signé pour"},
		"for another program":      {claim("aud", "mallory"), nil, 502, "n’est pas signé pour"},
		"for several, made for another": {func(s *site) {
			s.lie = func(c map[string]any) { c["aud"], c["azp"] = []string{"communs", "mallory"}, "mallory" }
		}, nil, 502, "n’est pas signé pour"},
		"of another issuer":            {claim("iss", "https://mal.exemple.fr"), nil, 502, "n’est pas signé pour"},
		"of yesterday":                 {claim("exp", time.Now().Add(-time.Hour).Unix()), nil, 502, "n’est pas signé pour"},
		"of nobody":                    {claim("sub", ""), nil, 502, "n’est pas signé pour"},
		"signed by another key":        {func(s *site) { s.signed = other }, nil, 502, "n’est pas signé pour"},
		"the site goes down meanwhile": {func(s *site) { s.down = true }, nil, 502, "a refusé"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			there, w, store := vouching(t, true, &log)
			to := there.agree(w.leave(nil))
			if test.site != nil {
				test.site(there)
			}
			if test.to != nil {
				to = test.to(to)
			}
			got := w.arrive(to)
			if got.Code != test.code || !strings.Contains(got.Body.String(), test.says) || strings.Contains(got.Body.String(), "<script") || w.cookie != nil || w.entry != nil {
				t.Errorf("%d, cookie %v\n%s", got.Code, w.cookie, got.Body)
			}
			if all, err := store.Accounts(t.Context()); err != nil || len(all) != 0 {
				t.Errorf("%d accounts were made, %v", len(all), err)
			}
			if text := log.String(); strings.Contains(text, "very-secret") || strings.Contains(text, "anne@") || strings.Contains(text, "code-") {
				t.Errorf("the log holds what it must not: %s", text)
			}
		})
	}
}

// Somebody else's return, which would sign the victim in to the attacker's account, or hand the victim's over.
func TestReturnOfAnotherBrowser(t *testing.T) {
	there, victim, store := vouching(t, true, nil)
	thief := &walker{t: t, h: victim.h, from: "198.51.100.9:1", letters: victim.letters}
	there.claims = map[string]any{"sub": "66", "email": "mallory@exemple.fr", "email_verified": true}
	given := there.agree(thief.leave(nil))
	for _, started := range []bool{false, true} {
		if started {
			victim.leave(nil)
		}
		if got := victim.arrive(given); got.Code != 400 || victim.cookie != nil || !strings.Contains(got.Body.String(), "un lien que quelqu’un vous a donné") {
			t.Errorf("%d\n%s", got.Code, got.Body)
		}
	}
	// A cookie of another site's, or one that was changed, is none.
	there.claims["sub"] = "7"
	to := there.agree(victim.leave(nil))
	flipped := []byte(victim.entry.Value)
	flipped[20] ^= 1
	victim.entry.Value = string(flipped)
	if got := victim.arrive(to); got.Code != 400 || victim.cookie != nil {
		t.Errorf("a cookie that was changed: %d", got.Code)
	}
	// Nor does another site start anything here.
	elsewhere := []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://mal.exemple.fr"}
	if got := victim.ask("POST", "/connexion/avec/forge", nil, elsewhere...); got.Code != 403 || victim.entry != nil {
		t.Errorf("started by another site: %d, %v", got.Code, victim.entry)
	}
	if got := victim.ask("GET", "/connexion/avec/forge", nil); got.Code != 303 || victim.entry != nil {
		t.Errorf("started by a link: %d, %v", got.Code, victim.entry)
	}
	for _, path := range []string{"/connexion/avec/autre", "/connexion/retour/autre", "/connexion/x/forge"} {
		if got := victim.ask("POST", path, nil); got.Code != 404 && got.Code != 405 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	// A session that was brought along is not the one that comes out.
	victim.signIn("mallory@exemple.fr")
	fixed := victim.cookie
	there.claims = map[string]any{"sub": "7", "email": "anne@exemple.fr", "email_verified": true}
	if got := victim.arrive(there.agree(victim.leave(nil))); got.Code != 303 || victim.cookie == nil || victim.cookie.Value == fixed.Value {
		t.Fatalf("%d %v", got.Code, got.Header())
	}
	if _, err := store.SignedIn(t.Context(), fixed.Value); !errors.Is(err, people.ErrSignedOut) {
		t.Errorf("the session that was brought still opens: %v", err)
	}
	// And its cookie, stolen before signing out, opens nothing after.
	stolen := &walker{t: t, h: victim.h, from: "198.51.100.9:1", cookie: victim.cookie}
	if got := stolen.ask("GET", "/compte", nil); got.Code != 200 {
		t.Fatal(got.Code)
	}
	victim.do("leave")
	if got := stolen.ask("GET", "/compte", nil); got.Code != 303 {
		t.Errorf("after signing out the cookie opens: %d", got.Code)
	}
}

// An address that the site has not verified opens nobody's account; whoever owns the account adds the site to it.
func TestNoAccountIsTakenOver(t *testing.T) {
	for name, trust := range map[string]bool{"not verified": true, "verified by a site whose word is not taken": false} {
		t.Run(name, func(t *testing.T) {
			there, w, store := vouching(t, trust, nil)
			if there.claims["email_verified"] = !trust; trust {
				delete(there.claims, "email_verified")
			}
			w.signIn("anne@exemple.fr")
			mine := w.cookie
			a, err := store.Account(t.Context(), "anne@exemple.fr")
			if err != nil {
				t.Fatal(err)
			}
			w.cookie = nil
			got := w.arrive(there.agree(w.leave(nil)))
			if got.Code != 403 || w.cookie != nil || !strings.Contains(got.Body.String(), "depuis votre compte") {
				t.Fatalf("%d\n%s", got.Code, got.Body)
			}
			// The owner adds it, from the account.
			w.cookie = mine
			form := formToken.FindStringSubmatch(w.ask("GET", "/compte", nil).Body.String())[1]
			if got := w.ask("POST", "/connexion/avec/forge", url.Values{"do": {"join"}, "form": {"x"}}); got.Code != 403 || w.entry != nil {
				t.Errorf("without the form's token: %d", got.Code)
			}
			join := url.Values{"do": {"join"}, "form": {form}}
			to := there.agree(w.leave(join))
			// Somebody else has signed in in this browser meanwhile: nothing is added to anybody.
			w.cookie = nil
			w.signIn("bob@exemple.fr")
			if got := w.arrive(to); got.Code != 400 || !strings.Contains(got.Body.String(), "n’a pas commencé dans ce navigateur") {
				t.Errorf("added to whoever is there: %d %v", got.Code, got.Header())
			}
			bobs := w.cookie
			w.cookie = mine
			if got := w.arrive(there.agree(w.leave(join))); got.Code != 303 || got.Header().Get("Location") != "/compte" {
				t.Fatalf("%d\n%s", got.Code, got.Body)
			}
			if page := w.ask("GET", "/compte", nil).Body.String(); !strings.Contains(page, "Retirer la forge") {
				t.Errorf("the account does not tell of it:\n%s", page)
			}
			w.cookie = nil
			if got := w.arrive(there.agree(w.leave(nil))); got.Code != 303 || w.cookie == nil {
				t.Errorf("%d\n%s", got.Code, got.Body)
			}
			if in, err := store.SignedIn(t.Context(), w.cookie.Value); err != nil || in.ID != a.ID {
				t.Errorf("signed in as %+v, %v", in, err)
			}
			// It cannot be somebody else's as well; and it can be taken away.
			if w.cookie = bobs; bobs != nil {
				form = formToken.FindStringSubmatch(w.ask("GET", "/compte", nil).Body.String())[1]
				if got := w.arrive(there.agree(w.leave(url.Values{"do": {"join"}, "form": {form}}))); got.Code != 409 || !strings.Contains(got.Body.String(), "autre compte") {
					t.Errorf("%d\n%s", got.Code, got.Body)
				}
			}
			w.cookie = mine
			if got := w.do("part", "site", "forge"); got.Code != 200 || !strings.Contains(got.Body.String(), "Ajouter la forge") {
				t.Errorf("%d\n%s", got.Code, got.Body)
			}
		})
	}
	// Who comes for the first time with an address that nobody verified has an account without one, and keeps its only way in.
	there, w, _ := vouching(t, false, nil)
	if got := w.arrive(there.agree(w.leave(nil))); got.Code != 303 || w.cookie == nil {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	if got := w.do("part", "site", "forge"); got.Code != 409 || !strings.Contains(got.Body.String(), "seule façon") || strings.Contains(got.Body.String(), "anne@") {
		t.Errorf("%d\n%s", got.Code, got.Body)
	}
}

// A site that is down keeps nobody from starting the server, or from signing in another way; when it is back, so is its button.
func TestSiteIsDown(t *testing.T) {
	var log bytes.Buffer
	there, w, _ := vouching(t, true, &log)
	there.down = true
	got := w.ask("POST", "/connexion/avec/forge", nil)
	if got.Code != 503 || w.entry != nil || !strings.Contains(got.Body.String(), "la forge ne répond pas") || !strings.Contains(got.Body.String(), `name="email"`) || strings.Contains(got.Body.String(), "aria-invalid") {
		t.Fatalf("%d\n%s", got.Code, got.Body)
	}
	there.down = false
	w.leave(nil)
	// So many at once from one network, and no more questions to the site.
	codes := map[int]int{}
	for range 100 {
		codes[w.ask("POST", "/connexion/avec/forge", nil).Code]++
	}
	if codes[200] != atOnceEntry-2 || codes[429] == 0 {
		t.Errorf("%v", codes)
	}
}
