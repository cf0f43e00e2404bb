// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"errors"
	"net/mail"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestReadAddress(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"anne@exemple.fr", "anne@exemple.fr"},
		{"  Anne.Dupont+communs@Exemple.FR\n", "Anne.Dupont+communs@exemple.fr"},
		{"contact@mairie-saint-étienne.fr", "contact@xn--mairie-saint-tienne-nzb.fr"},
		{"o'brien@exemple.fr", "o'brien@exemple.fr"},
		{"", ""}, {"anne", ""}, {"@exemple.fr", ""}, {"anne@", ""}, {"anne@localhost", ""},
		{"Anne <anne@exemple.fr>", ""}, {"anne@exemple.fr, bob@exemple.fr", ""}, {`"a b"@exemple.fr`, ""}, {"anne(x)@exemple.fr", ""},
		{"anne@exemple.fr\r\nBcc: bob@exemple.fr", ""}, {"anne\x00@exemple.fr", ""}, {"an\u202ene@exemple.fr", ""}, {"anne@[127.0.0.1]", ""},
		{strings.Repeat("a", 65) + "@exemple.fr", ""}, {"a@" + strings.Repeat("b.", 130) + "fr", ""}, {"anne@exemple..fr", ""}, {".anne@exemple.fr", ""},
		{"anne@-exemple.fr", ""}, {"anne%0d@exemple.fr", "anne%0d@exemple.fr"},
	} {
		got, err := ReadAddress(test.text)
		var bad *AddressError
		if got != test.want || (test.want == "") != errors.As(err, &bad) {
			t.Errorf("%q gives %q, %v; want %q", test.text, got, err, test.want)
		}
	}
}

func FuzzReadAddress(f *testing.F) {
	for _, seed := range []string{"anne@exemple.fr", "a@b.c\r\nBcc: d@e.f", "é@é.fr", `"a"@b.c`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadAddress(text)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n\x00 ,;<>\"") || len(got) > maxAddress {
			t.Errorf("%q gives %q", text, got)
		}
		if again, err := ReadAddress(got); err != nil || again != got {
			t.Errorf("%q gives %q, which gives %q, %v", text, got, again, err)
		}
		if a, err := mail.ParseAddress(got); err != nil || a.Address != got {
			t.Errorf("%q gives %q, which others read as %v, %v", text, got, a, err)
		}
	})
}

func TestLimit(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	l := NewLimit(10*time.Minute, 3, c.now)
	for i := range 3 {
		if err := l.Take("a"); err != nil {
			t.Fatalf("coming %d: %v", i+1, err)
		}
	}
	var often *TooOftenError
	for range 100_000 {
		if err := l.Take("a"); !errors.As(err, &often) || often.Wait != 10*time.Minute {
			t.Fatalf("the fourth coming: %v", err)
		}
	}
	if err := l.Take("b"); err != nil {
		t.Errorf("another: %v", err)
	}
	c.pass(10 * time.Minute)
	if err := l.Take("a"); err != nil {
		t.Errorf("after the wait, in spite of the hundred thousand that were refused: %v", err)
	}
	if err := l.Take("a"); err == nil {
		t.Error("twice after one wait")
	}
}

// A hundred thousand networks that come once each take bounded room, and keep nobody out; who came often stays refused.
func TestLimitRoom(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	l := NewLimit(time.Minute, 2, c.now)
	l.room = 1000
	for range 2 {
		if err := l.Take("often"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100_000 {
		if err := l.Take(strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		if len(l.due) > l.room {
			t.Fatalf("%d are remembered", len(l.due))
		}
	}
	if err := l.Take("often"); err == nil {
		t.Error("who came often was forgotten first")
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "x": "",
	} {
		if got := Network(address); got != want {
			t.Errorf("%q is counted under %q, want %q", address, got, want)
		}
	}
}
