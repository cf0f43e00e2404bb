// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"communs/licenses"
	"communs/registry"
	"communs/registry/descriptors"
)

// awesome-selfhosted's data is a folder software/ with one YAML file for each software:
//
//	name: Etherpad
//	website_url: https://…
//	source_code_url: https://…
//	description: One sentence, with links in Markdown.
//	licenses: [ID, …]           # of SPDX, old ones too; "⊘ Proprietary" is none
//	tags: [Office Suites]       # what it is for: the needs name them
//	platforms: [Nodejs]         # what it is written in, or how it is installed
//	demo_url: https://…
//	archived: false

// awesomeSoftware are the keys that are taken over.
type awesomeSoftware struct {
	Name        string   `yaml:"name"`
	Website     string   `yaml:"website_url"`
	Source      string   `yaml:"source_code_url"`
	Description string   `yaml:"description"`
	Licenses    []string `yaml:"licenses"`
	Tags        []string `yaml:"tags"`
	Demo        string   `yaml:"demo_url"`
	Archived    bool     `yaml:"archived"`
}

// maxYAML is the longest file that is read: real ones have a hundredth of it.
const maxYAML = 256 << 10

// awesome reads the software of awesome-selfhosted's data, and leaves its other files alone.
func (x *reading) awesome(files []File) error {
	proposer := descriptors.NewProposer(askedNeeds(x.Known))
	for _, f := range files {
		if !slices.Contains([]string{".yml", ".yaml"}, path.Ext(f.Name)) || len(files) > 1 && path.Base(path.Dir(f.Name)) != "software" {
			continue
		}
		var a awesomeSoftware
		at, err := readYAML(f, &a)
		if err != nil {
			x.skip(f.Name, at, "", err)
			continue
		}
		if err := x.selfHosted(f, &a, proposer); err != nil {
			return err
		}
	}
	return nil
}

func (x *reading) selfHosted(f File, a *awesomeSoftware, proposer *descriptors.Proposer) error {
	s := &registry.Software{Name: line(a.Name), Website: web(a.Website), Online: registry.Online{Demo: web(a.Demo)}}
	if s.Name == "" {
		x.skip(f.Name, 1, "", fault("no-name"))
		return nil
	}
	s.Summary.EN, s.About.EN = summarise(a.Description)
	if a.Source != "" {
		s.Repositories = []string{repository(a.Source)}
	}
	s.Licence = x.choice(a.Licenses)
	x.tagged(s, a, proposer)
	s.Meta = x.meta(x.softwareID(s.Name, s.Repositories))
	if err := x.add(s, f.Name, 1); err != nil || !a.Archived || len(s.Repositories) == 0 {
		return err
	}
	return x.add(&registry.Repository{Meta: x.meta(s.Repositories[0]), Software: s.ID, Archived: true}, f.Name, 1)
}

// mostNeeds is how many needs a card takes from an import: what is said to answer everything is found for nothing in particular.
const mostNeeds = 3

// tagged finds the needs of a software. A tag that one need alone goes by says it; one that several go by ("Polls and Events" has six) says only that it
// is one of them, and of these the description's words have to tell which. Each need says on what it rests.
func (x *reading) tagged(s *registry.Software, a *awesomeSoftware, proposer *descriptors.Proposer) {
	likely := map[string]bool{}
	for _, tag := range a.Tags {
		needs := x.needs(func(n *registry.Need) bool { return slices.Contains(n.Awesome, tag) })
		for _, id := range needs {
			likely[id] = true
		}
		if len(needs) == 1 && !slices.Contains(s.Needs, needs[0]) && len(s.Needs) < mostNeeds {
			s.Needs = append(s.Needs, needs[0])
			because(s, "needs", needs[0], "tag", descriptors.Reason{Words: tag})
		}
	}
	for _, n := range proposer.Propose(descriptors.Material{Name: s.Name, Description: plain(a.Description)}).Needs {
		if likely[n.ID] && !slices.Contains(s.Needs, n.ID) && len(s.Needs) < mostNeeds {
			s.Needs = append(s.Needs, n.ID)
			for _, r := range n.Reasons[:min(len(n.Reasons), mostReasons)] {
				because(s, "needs", n.ID, "catalogue", r)
			}
		}
	}
}

// choice is the expression of a list of licences, of which a user may choose one; empty when any is not understood.
func (x *reading) choice(names []string) string {
	var ids []string
	for _, name := range names {
		name = strings.TrimSpace(name)
		if e, err := licenses.Parse(name); err == nil {
			ids = append(ids, e.String())
			continue
		}
		if x.Declared == nil {
			return ""
		}
		e := x.Declared([]string{name})
		if e.IsZero() {
			return ""
		}
		ids = append(ids, e.String())
	}
	if len(ids) > 1 {
		for i, id := range ids {
			if strings.Contains(id, " ") {
				ids[i] = "(" + id + ")"
			}
		}
	}
	return strings.Join(ids, " OR ")
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// readYAML reads one document. What a file repeats by aliases is bounded by the library.
func readYAML(f File, into any) (at int, err error) {
	if len(f.Data) > maxYAML {
		return 0, fault("too-long", f.Name, maxYAML>>10)
	}
	data, err := text(f.Data)
	if err != nil {
		return 0, err
	}
	defer func() { // the library has panicked on damaged documents before
		if r := recover(); r != nil {
			at, err = 1, &Fault{"yaml", nil, fmt.Errorf("read YAML: %v", r)}
		}
	}()
	err = yaml.Unmarshal(data, into)
	if err == nil {
		return 1, nil
	}
	at = 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		at, _ = strconv.Atoi(m[1])
	}
	var types *yaml.TypeError
	if errors.As(err, &types) {
		return at, &Fault{Code: "yaml-type", Err: err}
	}
	return at, &Fault{Code: "yaml", Err: err}
}
