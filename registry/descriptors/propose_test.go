// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testNeeds = []Need{
	{ID: "adherents", Words: []string{"adhésion", "membres", "fichier adhérents"}, Categories: []string{"contact-management", "crm"}},
	{ID: "agenda-partage", Words: []string{"agenda", "doodle"}, Categories: []string{"appointment-scheduling"}},
	{ID: "visioconference", Words: []string{"visio", "zoom"}, Categories: []string{"video-conferencing", "web-conferencing"}},
	{ID: "sauvegarde", Words: []string{"copie de secours"}, Categories: []string{"backup"}},
	{ID: "base-connaissances", Words: []string{"wiki"}, Categories: []string{"knowledge-management"}},
	{ID: "poulailler", Words: []string{"poulailler collectif", "poule"}, Categories: []string{"other"}}, // the lexicon does not know it
}

const frenchReadme = `[![Build](https://example.org/badge.svg)](https://example.org/ci)

# Cotisations

> [!NOTE]
> Ceci est un miroir.

<p align="center"><img
  src="logo.png" alt="visioconférence"></p>

**Cotisations** est un logiciel de [gestion d'adhérents](https://example.org)
pour les petites associations. Il édite aussi les reçus.

## Fonctionnalités

- Fichier adhérents, avec les cotisations
- Agenda

## Installation

Faites une sauvegarde de données, puis suivez notre wiki de logiciel de wiki.
`

// proposed gives the ids of what is proposed.
func proposed(list []Proposed) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestPropose(t *testing.T) {
	p := NewProposer(testNeeds)
	for name, c := range map[string]struct {
		m                 Material
		needs, categories []string
	}{
		"French":             {Material{Path: "README.md", Readme: []byte(frenchReadme)}, []string{"adherents"}, []string{"contact-management"}},
		"topics":             {Material{Topics: []string{"video-conferencing", "webrtc"}}, []string{"visioconference"}, []string{"video-conferencing"}},
		"description":        {Material{Description: "Self-hosted videoconferencing server"}, []string{"visioconference"}, []string{"video-conferencing"}},
		"one weak word":      {Material{Description: "A server for meetings and a calendar"}, nil, nil},
		"a brand replaced":   {Material{Description: "A free alternative to Doodle"}, []string{"agenda-partage"}, []string{"appointment-scheduling"}},
		"a brand spoken to":  {Material{Description: "Exports your data to Doodle and Zoom"}, nil, nil},
		"unknown need":       {Material{Description: "Gérer un poulailler collectif et ses poules"}, []string{"poulailler"}, []string{"other"}},
		"French only there":  {Material{Description: "The poulailler: membres of a club"}, nil, nil},
		"library":            {Material{Readme: []byte("# cal\n\nA JavaScript library for video conferencing in the browser.\n")}, nil, nil},
		"only in its links":  {Material{Readme: []byte("# Tool\n\nDoes things for people.\n\n## Community\n\nJoin our video conference.\n")}, nil, nil},
		"only in code":       {Material{Readme: []byte("# Tool\n\n```\nvideo conferencing\n```\n")}, nil, nil},
		"only in an address": {Material{Readme: []byte("# Tool\n\n[Here](https://example.org/video-conferencing) it is.\n")}, nil, nil},
		"an aside":           {Material{Readme: []byte("# Tool\n\nA tool for all. Join us in our weekly video conference.\n")}, nil, nil},
		"rst":                {Material{Readme: []byte("Meet\n====\n\n.. image:: x.png\n\nMeet is a web conferencing system.\n")}, []string{"visioconference"}, []string{"web-conferencing"}},
		"several":            {Material{Readme: []byte("# Suite\n\nSuite is a videoconferencing and backup tool with a shared calendar.\n")}, []string{"agenda-partage", "sauvegarde", "visioconference"}, []string{"backup", "appointment-scheduling", "video-conferencing"}},
		"nothing":            {Material{}, nil, nil},
		"Latin-1":            {Material{Readme: []byte("# Visio\n\nUn logiciel de visioconf\xe9rence pour les associations.\n")}, []string{"visioconference"}, []string{"video-conferencing"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := p.Propose(c.m)
			if d := cmp.Diff(c.needs, proposed(out.Needs)); d != "" {
				t.Errorf("needs (-want +got)\n%s", d)
			}
			if d := cmp.Diff(c.categories, proposed(out.Categories)); d != "" {
				t.Errorf("categories (-want +got)\n%s", d)
			}
		})
	}
}

// Each proposal says by which words and where.
func TestReasons(t *testing.T) {
	out := NewProposer(testNeeds).Propose(Material{Path: "README.md", Readme: []byte(frenchReadme)})
	want := Proposal{
		Descriptions: []ProposedText{{Lang: "fr", Short: "Cotisations est un logiciel de gestion d'adhérents pour les petites associations.",
			Long:   "Cotisations est un logiciel de gestion d'adhérents pour les petites associations. Il édite aussi les reçus.",
			Reason: Reason{Where: WhereLead, Path: "README.md", Line: 11}}},
		Needs: []Proposed{{ID: "adherents", Score: 0.7, Reasons: []Reason{
			{Words: "gestion d'adhérents", Where: WhereLead, Path: "README.md", Line: 11},
			{Words: "Cotisations", Where: WhereLead, Path: "README.md", Line: 11},
			{Words: "associations", Where: WhereLead, Path: "README.md", Line: 11},
			{Words: "Fichier adhérents", Where: WhereFeature, Path: "README.md", Line: 16},
		}}},
	}
	out.Categories = nil
	if d := cmp.Diff(want, out); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestDescriptions(t *testing.T) {
	for name, c := range map[string]struct {
		description, readme string
		want                []string // language, line, short
	}{
		"both in one language": {"Tracks members and their fees", "# X\n\nX tracks the members of an association. It sends letters.\n", []string{"en 0 Tracks members and their fees"}},
		"one in each":          {"Suit les membres et leurs cotisations", "# X\n\nX tracks the members of an association.\n", []string{"fr 0 Suit les membres et leurs cotisations", "en 3 X tracks the members of an association."}},
		"notices first":        {"", "# X\n\nNote: this is a beta of it.\n\nPlease read the documentation first.\n\nTracks members and their fees.\n", []string{"en 7 Tracks members and their fees."}},
		"what it is, below":    {"", "# Tool\n\nSome words about something else here.\n\n## What is Tool?\n\nTool is a program for members.\n", []string{"en 7 Tool is a program for members."}},
		"a lead to a list":     {"", "# X\n\nX tracks the members of a club. It ships with many things, including:\n\nLetters, lists of members, labels for the post and much more of that.\n", []string{"en 3 X tracks the members of a club."}},
		"a menu":               {"", "# X\n\nHome | Docs | Blog | Forum of the tool\n\nEnglish · Français · Deutsch and others of them\n", nil},
		"too short":            {"Tool", "# X\n\nA tool.\n", nil},
		"only a licence":       {"", "# X\n\nCopyright 2026 by the authors of this program.\n", nil},
		"wrapped link":         {"", "# X\n\nA program for [all the\nmembers](https://example.org) of a club.\n", []string{"en 3 A program for all the members of a club."}},
		"HTML":                 {"", "<h1 align=center>X</h1>\n<p>A program for <b>all the members</b> of a club.</p>\n", []string{"en 2 A program for all the members of a club."}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range NewProposer(nil).Propose(Material{Description: c.description, Path: "README.md", Readme: []byte(c.readme)}).Descriptions {
				got = append(got, d.Lang+" "+string(rune('0'+d.Reason.Line))+" "+d.Short)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestLexicon(t *testing.T) {
	lexicon, brands := parseLexicon()
	if len(lexicon["needs"]) != 50 || len(brands) < 30 {
		t.Errorf("%d needs, %d brands", len(lexicon["needs"]), len(brands))
	}
	for id := range lexicon["categories"] {
		if !strings.Contains(" "+strings.Join(categories, " ")+" ", " "+id+" ") {
			t.Errorf("%s is no category", id)
		}
	}
	for _, texts := range []map[string][]string{lexicon["needs"], lexicon["categories"]} {
		for id, list := range texts {
			seen := map[string]bool{}
			for _, text := range list {
				words := strings.Join(foldedWords(text), " ")
				if words == "" || seen[words] {
					t.Errorf("%s: %q is empty, or there twice", id, text)
				}
				seen[words] = true
			}
		}
	}
}

func TestFoldedWords(t *testing.T) {
	for a, b := range map[string]string{
		"Manage your invoices": "managing the invoice", "Gestion des adhérents": "gérer l'adhérent", "E-Mail client": "email clients",
		"file-sharing": "File sharing", "gestionnaire d'associations": "gestion de l’association", "libraries": "library",
	} {
		if d := cmp.Diff(foldedWords(a), foldedWords(b)); d != "" {
			t.Errorf("%q and %q\n%s", a, b, d)
		}
	}
}

func FuzzPropose(f *testing.F) {
	f.Add("A backup tool", "backup", []byte(frenchReadme))
	f.Add("", "", []byte("X\n=\n\nX is:\n\n* a wiki engine\n\n| a | b |\n\n~~~\ncode"))
	p := NewProposer(testNeeds)
	f.Fuzz(func(t *testing.T, description, topic string, readme []byte) {
		out := p.Propose(Material{Description: description, Topics: []string{topic}, Path: "README", Readme: readme})
		for _, list := range [][]Proposed{out.Needs, out.Categories} {
			if len(list) > MostProposed {
				t.Fatalf("%d proposed", len(list))
			}
			for _, x := range list {
				if x.Score <= 0 || x.Score > 1 || len(x.Reasons) == 0 {
					t.Fatalf("%+v", x)
				}
			}
		}
		for _, d := range out.Descriptions {
			if d.Short == "" || characters(d.Short) > maxShort {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func BenchmarkPropose(b *testing.B) {
	p := NewProposer(testNeeds)
	readme := []byte(strings.Repeat(frenchReadme, 10))
	b.SetBytes(int64(len(readme)))
	for b.Loop() {
		p.Propose(Material{Path: "README.md", Readme: readme})
	}
}
