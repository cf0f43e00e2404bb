// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"communs/licenses"
	"communs/registry"
	"communs/registry/descriptors"
)

// Descriptor tells of a software in the words of descriptors. What nobody has said stays empty.
func Descriptor(c *registry.Catalogue, s *registry.Software) descriptors.Software {
	d := descriptors.Software{
		Name: s.Name, Landing: webURL(s.Website), Logo: webURL(s.Logo), Status: string(s.Stage), Type: softwareType(s.Platforms),
		Platforms: s.Platforms, Keywords: s.Words, LicenseText: s.Licence, Languages: s.Languages, LocalisationReady: len(s.Languages) > 1,
		Descriptions: map[string]descriptors.Description{},
	}
	known := descriptors.Categories()
	for _, category := range s.Categories {
		if slices.Contains(known, category) {
			d.Categories = append(d.Categories, category)
		}
	}
	if e, err := licenses.Parse(s.Licence); err == nil && s.Licence != "" {
		d.License = e
	}
	if len(s.Repositories) > 0 {
		d.Repository = s.Repositories[0]
	}
	for lang, text := range map[string][2]string{"fr": {s.Summary.FR, s.About.FR}, "en": {s.Summary.EN, s.About.EN}} {
		if text != [2]string{} {
			d.Descriptions[lang] = descriptors.Description{Short: text[0], Long: text[1], Features: features(c, s, lang), Documentation: webURL(s.Docs)}
		}
	}
	var r *registry.Repository
	if list := c.RepositoriesFor(s); len(list) > 0 {
		r = list[0]
		measured(&d, r)
	}
	d.Maintenance = maintenance(c, s, r)
	return d
}

// features are what a software is for: the needs that it answers.
func features(c *registry.Catalogue, s *registry.Software, lang string) (list []string) {
	for _, id := range s.Needs {
		if need, ok := c.Need(id); ok {
			if name, written := need.Name.In(lang); written == lang {
				list = append(list, name)
			}
		}
	}
	return list
}

// maintenance is who keeps a software up, as far as it can be seen: nobody where it is given up; the organisation on whose forge it is; or several
// people who changed it within a year, reached through the account that holds the repository.
func maintenance(c *registry.Catalogue, s *registry.Software, r *registry.Repository) (m descriptors.Maintenance) {
	makers := c.MakersOf(s.ID)
	switch {
	case s.Stage == registry.StageObsolete || r != nil && r.Archived:
		m.Type = "none"
	case len(makers) > 0:
		m.Type = "internal"
		if makers[0].Type == registry.TypeCommunity {
			m.Type = "community"
		}
		m.Contacts = []descriptors.Party{{Name: makers[0].Name, Organisation: true}}
	case r != nil && r.Activity.Contributors != nil && r.Activity.Contributors.N > 1:
		if u, err := url.Parse(r.ID); err == nil && strings.Count(u.Path, "/") > 1 {
			m.Type = "community"
			m.Contacts = []descriptors.Party{{Name: strings.Trim(path.Dir(u.Path), "/") + " (" + u.Host + ")", Organisation: true}}
		}
	}
	return m
}

// measured adds what was found out about the main repository.
func measured(d *descriptors.Software, r *registry.Repository) {
	if f := r.Activity.LastRelease; f != nil { // name and day
		name, day, _ := strings.Cut(f.Value, " ")
		d.Version, d.Released = name, day
	}
	if f := r.Activity.FirstChange; f != nil {
		d.Created = f.Value
	}
	if r.Snapshot.Value != "" {
		d.Identifiers = append(d.Identifiers, r.Snapshot.Value)
	}
}

// softwareType is the softwareType of publiccode.yml that the platforms tell.
func softwareType(platforms []string) string {
	on := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(platforms, n) })
	}
	switch {
	case on("web"):
		return "standalone/web"
	case on("linux", "windows", "mac"):
		return "standalone/desktop"
	case on("android", "ios"):
		return "standalone/mobile"
	}
	return ""
}

// WritePubliccode writes the publiccode.yml of a software. What it lacks to be valid stands before it as comments, each as told says it.
func WritePubliccode(w io.Writer, c *registry.Catalogue, s *registry.Software, lead string, told func(*descriptors.Fault) string) error {
	d := Descriptor(c, s)
	var b strings.Builder
	if missing := descriptors.Missing(d); len(missing) > 0 {
		comment(&b, lead)
		for _, f := range missing {
			comment(&b, "- "+told(f))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write publiccode.yml: %w", err)
	}
	return descriptors.WritePubliccode(w, d, "")
}

// comment writes a line of a comment, whatever stands in the text.
func comment(b *strings.Builder, text string) {
	b.WriteString("# " + strings.Join(strings.Fields(text), " ") + "\n")
}

// WriteCodemeta writes the codemeta.json of a software.
func WriteCodemeta(w io.Writer, c *registry.Catalogue, s *registry.Software) error {
	d := Descriptor(c, s)
	d.Landing = cmp.Or(d.Landing, d.Repository)
	return descriptors.WriteCodemeta(w, d)
}
