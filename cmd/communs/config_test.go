// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
)

func TestExampleConfiguration(t *testing.T) {
	path := filepath.Join("..", "..", "examples", "nouvelle-aquitaine.toml")
	c, err := readConfig(path)
	if err != nil {
		p, _, told := testProgram(t, words.English)
		p.tell(err)
		t.Fatal(told)
	}
	if c.Instance.Region != "Nouvelle-Aquitaine" || !c.Instance.Public || c.Serve.Listen == "" {
		t.Errorf("the instance is not described: %+v %+v", c.Instance, c.Serve)
	}
	kinds := map[string]int{}
	for _, s := range c.Source {
		kinds[s.Kind]++
		if s.Name == "" {
			t.Errorf("a source has no name: %+v", s)
		}
	}
	if kinds["gitlab"] == 0 || kinds["git"] == 0 {
		t.Errorf("kinds of sources: %v; want a GitLab group and plain repositories", kinds)
	}
	if c.Instance.Logo != "" {
		if _, err := os.Stat(c.Instance.Logo); err != nil {
			t.Error(err)
		}
	}
}

func TestConfigurationIsRelativeToItsFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "communs.toml")
	text := "data = \"d\"\n[crawl]\ntimeout = \"90s\"\n[[source]]\nname = \"x\"\nkind = \"folder\"\npath = \"sub/src\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != filepath.Join(dir, "d") || c.Source[0].Path != filepath.Join(dir, "sub", "src") ||
		time.Duration(c.Crawl.Timeout) != 90*time.Second {
		t.Errorf("read as %+v", c)
	}
}

func FuzzConfiguration(f *testing.F) {
	f.Add("[instance]\nname = \"x\"\n[[source]]\nkind = \"git\"\n")
	f.Add("[crawl]\njobs = \"two\"\n")
	p, _, told := testProgram(f, words.English)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseConfig("communs.toml", []byte(text)); err != nil {
			told.Reset()
			p.tell(err)
			if !strings.HasPrefix(told.String(), "communs: ") || strings.Contains(told.String(), "%!") {
				t.Fatalf("told as %q", told)
			}
		}
	})
}

func TestTrustedProxies(t *testing.T) {
	for text, want := range map[string]string{
		`["10.0.0.0/8", "192.0.2.7", "::ffff:192.0.2.8", "2001:db8::1/32"]`: "[10.0.0.0/8 192.0.2.7/32 192.0.2.8/32 2001:db8::/32]",
		`[]`: "[]", `["0.0.0.0/0"]`: "", `["::/0"]`: "", `["proxy.exemple.fr"]`: "", `["10.0.0.1/33"]`: "",
	} {
		c, err := parseConfig("communs.toml", []byte("[serve]\ntrusted_proxies = "+text+"\n"))
		if want == "" {
			p, _, told := testProgram(t, words.English)
			if p.tell(err); err == nil || !strings.Contains(told.String(), "trusted_proxies") {
				t.Errorf("%s: %v: %s", text, err, told)
			}
			continue
		}
		if all, _ := c.Serve.proxies(); err != nil || fmt.Sprint(all) != want {
			t.Errorf("%s: %v, %v", text, all, err)
		}
	}
}

func TestSitesThatVouch(t *testing.T) {
	good := "[[oidc]]\nname = \"forge\"\ntitle = \"la forge\"\nissuer = \"https://git.exemple.fr\"\nclient_id = \"x\"\nsecret_env = \"S\"\n"
	for text, want := range map[string]string{
		good: "",
		strings.Replace(good, "https", "http", 1):                                         "https address",
		strings.Replace(good, `"forge"`, `"La forge"`, 1):                                 "small letters",
		strings.Replace(good, `"x"`, `""`, 1):                                             "client_id",
		strings.Replace(good, `"S"`, `"T"`, 1):                                            "environment",
		strings.Replace(good, "secret_env = \"S\"", "", 1):                                "secret_env or secret_file",
		strings.Replace(good, "secret_env = \"S\"", "secret_file = \"/no/such/file\"", 1): "cannot be read",
		good + good: "twice",
		strings.Replace(good, "client_id", "clientid", 1): "client_id",
	} {
		p, _, told := testProgram(t, words.English)
		p.env = map[string]string{"S": "very-secret"}
		c, err := parseConfig("communs.toml", []byte(text))
		if err == nil {
			p.settings.config = c
			_, err = p.providers()
		}
		if err != nil {
			p.tell(err)
		}
		if (err == nil) != (want == "") || !strings.Contains(told.String(), want) || strings.Contains(told.String(), "very-secret") {
			t.Errorf("%s\n%v: %s", text, err, told)
		}
	}
}
