// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"communs/crawler"
	"communs/registry"
	"communs/registry/descriptors"
)

// publiccode reads publiccode.yml files. What is wrong in one is no reason to leave it out as long as it names a software and says what
// it is for in French or English; what it says is kept as far as it can be understood.
func (x *reading) publiccode(files []File) error {
	for _, f := range files {
		if len(f.Data) > descriptors.MaxSize {
			x.skip(f.Name, 0, "", fault("too-big", f.Name, descriptors.MaxSize>>20))
			continue
		}
		doc, err := descriptors.Reader{Declared: x.Declared}.Read(descriptors.Publiccode, bytes.NewReader(f.Data))
		if err != nil {
			return err
		}
		s := x.described(&doc.Software)
		if f.Repository != "" && len(s.Repositories) == 0 {
			s.Repositories = []string{repository(f.Repository)}
		}
		switch {
		case s.Name == "":
			var why error = fault("no-name")
			if len(doc.Faults) > 0 {
				why = doc.Faults[0]
			}
			x.skip(f.Name, 0, "", why)
			continue
		case s.Summary == (registry.Text{}):
			x.skip(f.Name, 0, s.Name, fault("no-summary"))
			continue
		}
		s.Meta = x.meta(x.softwareID(s.Name, s.Repositories))
		if f.Repository != "" { // each is a source of its own: a fork that kept the file does not speak for what it names
			s.Meta.Sources[0].URL = repository(f.Repository)
		}
		if err := x.add(s, f.Name, 1); err != nil {
			return err
		}
	}
	return nil
}

// described is a software in the registry's words.
func (x *reading) described(d *descriptors.Software) *registry.Software {
	s := &registry.Software{
		Name: cut(line(d.Name), 100), Website: web(d.Landing), Stage: registry.Stage(d.Status), Categories: d.Categories,
		Languages: unique(d.Languages), Licence: d.License.String(),
	}
	if d.License.IsZero() {
		s.Licence = ""
	}
	if d.Repository != "" {
		s.Repositories = []string{repository(d.Repository)}
	}
	if strings.HasPrefix(d.Logo, "https://") {
		s.Logo = d.Logo
	}
	for _, lang := range []struct {
		code           string
		summary, about *string
	}{{"fr", &s.Summary.FR, &s.About.FR}, {"en", &s.Summary.EN, &s.About.EN}} {
		t, ok := descriptionIn(d.Descriptions, lang.code)
		if !ok {
			continue
		}
		*lang.summary = cut(line(t.Short), maxSummary)
		*lang.about = cut(strings.TrimSpace(plain(t.Long)), maxAbout)
		if *lang.summary == "" {
			*lang.summary, _ = summarise(t.Long)
		}
		if s.Docs == "" {
			s.Docs = web(t.Documentation)
		}
		for _, shot := range t.Screenshots {
			if strings.HasPrefix(shot, "https://") && !slices.ContainsFunc(s.Shots, func(l registry.Link) bool { return l.URL == shot }) {
				s.Shots = append(s.Shots, registry.Link{URL: shot})
			}
		}
	}
	for _, p := range d.Platforms {
		if known := platform(p); known != "" && !slices.Contains(s.Platforms, known) {
			s.Platforms = append(s.Platforms, known)
		}
	}
	s.Words = words(d.Keywords)
	s.Needs = x.needs(func(n *registry.Need) bool {
		return len(n.Publiccode) > 0 && slices.Contains(d.Categories, n.Publiccode[0])
	})
	s.Needs = s.Needs[:min(len(s.Needs), mostNeeds)]
	return s
}

// descriptionIn finds the description in a language, or in a country's variety of it.
func descriptionIn(all map[string]descriptors.Description, lang string) (descriptors.Description, bool) {
	if d, ok := all[lang]; ok {
		return d, true
	}
	var tags []string
	for tag := range all {
		if low := strings.ToLower(tag); strings.HasPrefix(low, lang+"-") || strings.HasPrefix(low, lang+"_") {
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 {
		return descriptors.Description{}, false
	}
	return all[slices.Min(tags)], true
}

// platform is the registry's word for a platform; empty when it has none.
func platform(s string) string {
	switch p := strings.ToLower(strings.TrimSpace(s)); p {
	case "web", "linux", "windows", "mac", "android", "ios":
		return p
	case "macos", "osx":
		return "mac"
	}
	return ""
}

func unique(items []string) (list []string) {
	for _, s := range items {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// IsPubliccode reports whether a file of a repository is its descriptor.
func IsPubliccode(name string) bool {
	return path.Dir(name) == "." && descriptors.FormatOf(name) == descriptors.Publiccode
}

// InSnapshot gives the descriptors at the top of a mirrored repository.
func InSnapshot(s *crawler.Snapshot) (files []File, err error) {
	for f, err := range s.Files() {
		if err != nil {
			return nil, err
		}
		if !IsPubliccode(f.Path) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(r, descriptors.MaxSize+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		files = append(files, File{Name: s.URL + "/" + f.Path, Data: data, Repository: s.URL})
	}
	return files, nil
}
