// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"communs/crawler"
	"communs/registry"
	"communs/registry/descriptors"
)

// top is what stands at the top of a repository and describes it.
type top struct {
	empty       bool
	descriptors []File
	readmes     []File // the main one first
}

// maxReadme is how much of a README is read: what a software is stands at its beginning.
const maxReadme = 64 << 10

var readmeName = regexp.MustCompile(`(?i)^(?:readme|lisez[-_]?moi)(?:[._-](?:fr|en)(?:[-_][a-z]{2})?)?(?:\.(?:md|markdown|rst|txt|adoc|asciidoc|org|textile|html))?$`)

// lookAt reads what describes a repository.
func lookAt(s *crawler.Snapshot) (*top, error) {
	t := &top{empty: true}
	for f, err := range s.Files() {
		if err != nil && f.Path == "" {
			return nil, err
		}
		if err != nil { // withdrawn, or damaged: as if it were not there
			continue
		}
		t.empty = false
		most := int64(descriptors.MaxSize + 1)
		switch {
		case strings.Contains(f.Path, "/") || f.Mode&0o170000 != 0o100000:
			continue
		case descriptors.FormatOf(f.Path) != "":
		case readmeName.MatchString(f.Path):
			most = maxReadme
		default:
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(r, most))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		file := File{Name: f.Path, Data: data, Repository: s.URL}
		if most == maxReadme {
			t.readmes = append(t.readmes, file)
		} else {
			t.descriptors = append(t.descriptors, file)
		}
	}
	slices.SortStableFunc(t.readmes, func(a, b File) int { return cmp.Compare(readmeRank(a.Name), readmeRank(b.Name)) })
	slices.SortStableFunc(t.descriptors, func(a, b File) int {
		return -cmp.Compare(descriptors.FormatOf(a.Name), descriptors.FormatOf(b.Name)) // publiccode.yml before codemeta.json
	})
	return t, nil
}

// readmeRank puts the README that everybody reads before those in one language, and formatted text before plain.
func readmeRank(name string) int {
	name = strings.ToLower(name)
	stem, ending, _ := strings.Cut(name, ".")
	rank := 0
	if stem != "readme" || strings.Count(name, ".") > 1 {
		rank += 10
	}
	if ending != "md" {
		rank++
	}
	return rank
}

// fromDescriptor is the software that a descriptor tells of; nil where there is none that names one. A descriptor that is of another
// repository came along when that was copied.
func (x *proposing) fromDescriptor(m *Mirrored, t *top) (*registry.Software, *Fault, error) {
	for _, f := range t.descriptors {
		format := descriptors.FormatOf(f.Name)
		doc, err := descriptors.Reader{Declared: x.Declared}.Read(format, bytes.NewReader(f.Data))
		if err != nil {
			return nil, nil, err
		}
		s := x.described(&doc.Software)
		if s.Name == "" {
			x.skip(m.URL+"/"+f.Name, lineOf(doc.Faults), m.Name, fault("proposal.descriptor"))
			continue
		}
		if own := repository(m.URL); len(s.Repositories) > 0 && crawler.AddressKey(s.Repositories[0]) != crawler.AddressKey(own) {
			if r, ok := x.Known.FindRepository(s.Repositories[0]); !ok || r.ID != own {
				return nil, fault("proposal.elsewhere", f.Name, s.Repositories[0]), nil
			}
		}
		s.Repositories = []string{repository(m.URL)}
		for _, said := range []struct {
			field string
			there bool
		}{
			{"name", true}, {"summary", s.Summary != registry.Text{}}, {"about", s.About != registry.Text{}}, {"needs", len(s.Needs) > 0},
			{"categories", len(s.Categories) > 0}, {"licence", s.Licence != ""}, {"website", s.Website != ""}, {"languages", len(s.Languages) > 0},
		} {
			if said.there {
				because(s, said.field, "", string(format), descriptors.Reason{Path: f.Name})
			}
		}
		return s, nil, nil
	}
	return nil, nil, nil
}

func lineOf(faults []*descriptors.Fault) int {
	if len(faults) == 0 {
		return 0
	}
	return faults[0].Line
}

// fromReadme fills what the README and the forge say, and reports what is wanting then.
func (x *proposing) fromReadme(s *registry.Software, m *Mirrored, t *top, described bool) *Fault {
	material := descriptors.Material{Name: m.Name, Description: m.Description, Topics: m.Topics}
	readmes := t.readmes
	if len(readmes) == 0 {
		readmes = []File{{}}
	}
	for i, f := range readmes[:min(len(readmes), 3)] {
		material.Path, material.Readme = f.Name, f.Data
		p := x.proposer.Propose(material)
		if p.Library != "" && !described && !x.asked {
			return fault("proposal.library", p.Library)
		}
		x.texts(s, p.Descriptions)
		if i > 0 {
			continue
		}
		if s.Name == "" {
			s.Name = cut(line(m.Name), 100)
			because(s, "name", "", "name", descriptors.Reason{})
		}
		if len(s.Needs) == 0 {
			for _, n := range p.Needs {
				s.Needs = append(s.Needs, n.ID)
				becauseOf(s, "needs", n)
			}
		}
		if len(s.Categories) == 0 {
			for _, c := range p.Categories {
				s.Categories = append(s.Categories, c.ID)
				becauseOf(s, "categories", c)
			}
		}
	}
	switch {
	case s.Summary == (registry.Text{}):
		return fault("proposal.no-summary")
	case len(s.Needs) == 0:
		return fault("proposal.no-need")
	}
	return nil
}

// mostReasons is how many reasons are kept of one item: the strongest.
const mostReasons = 3

func becauseOf(s *registry.Software, field string, p descriptors.Proposed) {
	for _, r := range p.Reasons[:min(len(p.Reasons), mostReasons)] {
		because(s, field, p.ID, string(r.Where), r)
	}
}

// texts takes descriptions in French and English where there are none yet.
func (x *proposing) texts(s *registry.Software, list []descriptors.ProposedText) {
	for _, d := range list {
		summary, about := &s.Summary.EN, &s.About.EN
		if d.Lang == "fr" {
			summary, about = &s.Summary.FR, &s.About.FR
		} else if d.Lang != "en" {
			continue
		}
		if *summary != "" {
			continue
		}
		if *summary = cut(line(d.Short), maxSummary); *summary == "" {
			continue
		}
		because(s, "summary."+d.Lang, "", string(d.Reason.Where), d.Reason)
		if long := cut(strings.TrimSpace(plain(d.Long)), maxAbout); long != "" && *about == "" {
			*about = long
			because(s, "about."+d.Lang, "", string(d.Reason.Where), d.Reason)
		}
	}
}
