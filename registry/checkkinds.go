// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func (c *checker) need(n *Need) {
	c.both("name", n.Name, maxName, true)
	if n.Group != "" && !sluggish.MatchString(n.Group) {
		c.add("group", "id", n.Group)
	}
	c.words("words", n.Words)
	c.words("publiccode", n.Publiccode)
	c.words("awesome_selfhosted", n.Awesome)
}

func (c *checker) organisation(o *Organisation) {
	c.line("name", o.Name, maxName, true)
	if o.Type == "" {
		c.add("type", "missing")
	}
	oneOf(c, "type", o.Type, TypeCompany, TypeAssociation, TypePublicBody, TypeCluster, TypeCommunity)
	c.paragraphs("about", o.About, maxAbout)
	c.url("website", o.Website)
	c.siren("siren", o.SIREN)
	if o.RNA != "" && !rnaNumber.MatchString(o.RNA) {
		c.add("rna", "rna", o.RNA)
	}
	c.place("place", o.Place)
	each(c, "forges", o.Forges, func(at, v string) {
		c.url(at, v)
		if key := keyOf(v); slices.Contains(sharedForges(), key) {
			c.add(at, "whole-forge", v)
		}
	})
	each(c, "member_of", o.Member, func(string, string) {})
	c.count("labels", len(o.Labels))
	for i, l := range o.Labels[:min(len(o.Labels), maxItems)] {
		at := fmt.Sprintf("labels[%d].", i)
		c.line(at+"name", l.Name, maxName, true)
		c.url(at+"url", l.URL)
		c.date(at+"from", l.From)
		c.date(at+"until", l.Until)
		if l.From != "" && l.Until != "" && l.Until < l.From[:min(len(l.From), len(l.Until))] {
			c.add(at+"until", "before", string(l.Until), string(l.From))
		}
	}
}

// sharedForges are forges that belong to nobody who publishes there: an organisation has a group on them.
func sharedForges() []string {
	return []string{
		"github.com", "gitlab.com", "codeberg.org", "framagit.org", "bitbucket.org", "git.sr.ht", "sourceforge.net", "gitee.com", "salsa.debian.org",
	}
}

func (c *checker) software(s *Software) {
	c.line("name", s.Name, maxName, true)
	c.both("summary", s.Summary, maxSummary, true)
	c.paragraphs("about", s.About, maxAbout)
	c.url("website", s.Website)
	c.url("docs", s.Docs)
	c.url("logo", s.Logo)
	c.count("screenshots", len(s.Shots))
	for i, l := range s.Shots[:min(len(s.Shots), maxItems)] {
		at := fmt.Sprintf("screenshots[%d].", i)
		c.both(at+"title", l.Title, maxTitle, false)
		if l.URL == "" {
			c.add(at+"url", "missing")
		}
		c.url(at+"url", l.URL)
	}
	c.licence("licence", s.Licence, false)
	each(c, "repositories", s.Repositories, c.repositoryURL)
	oneOf(c, "stage", s.Stage, StageConcept, StageDevelopment, StageBeta, StageStable, StageObsolete)
	each(c, "needs", s.Needs, func(string, string) {})
	c.words("categories", s.Categories)
	c.words("words", s.Words)
	c.words("replaces", s.Replaces)
	each(c, "alternatives", s.Like, func(string, string) {})
	each(c, "languages", s.Languages, c.languageTag)
	each(c, "platforms", s.Platforms, func(at, v string) {
		oneOf(c, at, v, "web", "linux", "windows", "mac", "android", "ios")
	})
	oneOf(c, "online.without_installation", s.Online.Without, Yes, No)
	c.url("online.demo", s.Online.Demo)
	c.prices("prices", s.Prices)
	c.statement("export", s.Export)
	c.statement("accessibility", s.Accessibility)
	c.statement("eco_design", s.EcoDesign)
	c.control(s)
	c.count("reasons", len(s.Reasons))
	for i, r := range s.Reasons[:min(len(s.Reasons), maxItems)] {
		at := fmt.Sprintf("reasons[%d].", i)
		c.line(at+"field", r.Field, maxName, true)
		c.line(at+"value", r.Value, maxName, false)
		c.line(at+"how", r.How, maxName, true)
		c.line(at+"words", r.Words, maxTitle, false)
		c.line(at+"path", r.Path, maxTitle, false)
		c.number(at+"line", r.Line, 1_000_000)
	}
}

// control wants a proof to be of the software's own repository: one that it no longer names proves nothing.
func (c *checker) control(s *Software) {
	if s.Control == nil {
		return
	}
	oneOf(c, "control.method", s.Control.Method, ControlFile, ControlSite, ControlForge)
	c.needed("control.method", string(s.Control.Method))
	c.needed("control.date", string(s.Control.Date))
	c.date("control.date", s.Control.Date)
	c.needed("control.until", string(s.Control.Until))
	c.date("control.until", s.Control.Until)
	if !slices.Contains(s.Repositories, s.Control.Repository) {
		c.add("control.repository", "control", s.Control.Repository)
	}
}

func (c *checker) prices(field string, list []Price) {
	each(c, field, list, func(at, v string) {
		oneOf(c, at, Price(v), PriceFree, PriceDonation, PriceSubscription, PriceQuote, PriceFreemium)
	})
}

func (c *checker) statement(field string, s Statement) {
	oneOf(c, field+".answer", s.Answer, Yes, No)
	c.words(field+".levels", s.Levels)
	c.paragraphs(field+".note", s.Note, maxNote)
	c.url(field+".url", s.URL)
	c.date(field+".date", s.Date)
}

var snapshotID = regexp.MustCompile(`^swh:1:snp:[0-9a-f]{40}$`)

func (c *checker) repository(r *Repository) {
	c.line("name", r.Name, maxName, false)
	c.text("description", r.Description, maxAbout, true)
	c.words("topics", r.Topics)
	each(c, "aliases", r.Aliases, c.url)
	c.url("fork_of", r.ForkOf)
	c.url("mirror_of", r.MirrorOf)
	if r.Snapshot.Value != "" && !snapshotID.MatchString(r.Snapshot.Value) {
		c.add("snapshot.value", "swhid", r.Snapshot.Value)
	}
	if r.Licence.Value != "" {
		c.licence("licence.value", r.Licence.Value, false)
	}
	oneOf(c, "libre.value", Tri(r.Libre.Value), Yes, No)
	a := r.Activity
	for _, f := range []struct {
		name    string
		finding *Finding
	}{
		{"snapshot", &r.Snapshot}, {"licence", &r.Licence}, {"libre", &r.Libre}, {"activity.last_change", a.LastChange},
		{"activity.last_release", a.LastRelease}, {"activity.tests", a.Tests}, {"activity.documentation", a.Documentation},
		{"activity.first_change", a.FirstChange},
	} {
		if f.finding != nil && *f.finding != (Finding{}) {
			c.line(f.name+".value", f.finding.Value, 1000, true)
			c.found(f.name, f.finding.Date, f.finding.How)
		}
	}
	for _, n := range []struct {
		name  string
		count *Count
	}{{"activity.commits_12m", a.Commits}, {"activity.contributors_12m", a.Contributors}, {"activity.releases", a.Releases}} {
		if n.count != nil {
			c.number(n.name+".n", n.count.N, 100_000_000)
			c.found(n.name, n.count.Date, n.count.How)
		}
	}
}

// found wants the day and the way of a finding.
func (c *checker) found(field string, day Date, how string) {
	if day == "" {
		c.add(field+".date", "missing")
	}
	c.date(field+".date", day)
	c.line(field+".how", how, maxName, true)
}

func (c *checker) offer(o *Offer) {
	c.needed("organisation", o.Organisation)
	if o.Software == "" && len(o.Needs) == 0 {
		c.add("software", "software-or-needs")
	}
	each(c, "needs", o.Needs, func(string, string) {})
	if len(o.Services) == 0 {
		c.add("services", "missing")
	}
	each(c, "services", o.Services, func(at, v string) {
		oneOf(c, at, Service(v), ServiceHosting, ServiceSupport, ServiceTraining, ServiceDevelopment, ServiceIntegration)
	})
	c.url("url", o.URL)
	c.country("hosted_in", o.HostedIn)
	each(c, "regions", o.Regions, func(at, v string) {
		if _, ok := Region(v); !ok {
			c.add(at, "region", v)
		}
	})
	c.prices("prices", o.Prices)
	c.paragraphs("note", o.Note, maxNote)
	c.date("since", o.Since)
}

// needed says of an empty field that it must not be.
func (c *checker) needed(field, id string) {
	if strings.TrimSpace(id) == "" {
		c.add(field, "missing")
	}
}

func (c *checker) use(u *Use) {
	c.needed("organisation", u.Organisation)
	c.needed("software", u.Software)
	c.date("since", u.Since)
	c.number("people", u.People, 100_000_000)
	c.paragraphs("note", u.Note, maxNote)
	c.date("stated", u.Stated)
}

func (c *checker) selection(s *Selection) {
	c.both("title", s.Title, maxTitle, true)
	c.paragraphs("situation", s.Situation, maxNote)
	if len(s.Items) == 0 {
		c.add("items", "missing")
	}
	c.count("items", len(s.Items))
	for i, p := range s.Items[:min(len(s.Items), maxItems)] {
		at := fmt.Sprintf("items[%d].", i)
		c.needed(at+"need", p.Need)
		c.needed(at+"software", p.Software)
		if p.Why == (Text{}) {
			c.add(at+"why", "missing")
		}
		c.paragraphs(at+"why", p.Why, maxNote)
		each(c, at+"else", p.Else, func(string, string) {})
	}
	c.date("date", s.Date)
}

func (c *checker) request(r *Request) {
	c.both("title", r.Title, maxTitle, true)
	c.paragraphs("about", r.About, maxAbout)
	each(c, "needs", r.Needs, func(string, string) {})
	c.needed("by", r.By)
	c.needed("date", string(r.Date))
	c.date("date", r.Date)
	c.needed("state", string(r.State))
	oneOf(c, "state", r.State, RequestOpen, RequestFunded, RequestAnswered, RequestClosed)
	seen := map[string]bool{}
	for i, s := range r.Supports {
		at := fmt.Sprintf("supports[%d].", i)
		c.needed(at+"organisation", s.Organisation)
		if seen[s.Organisation] {
			c.add(at+"organisation", "twice", s.Organisation)
		}
		seen[s.Organisation] = true
		c.date(at+"date", s.Date)
		c.number(at+"euros", s.Euros, 100_000_000)
		c.number(at+"days", s.Days, 100_000)
		c.paragraphs(at+"gives", s.Gives, maxNote)
	}
	if r.State == RequestAnswered && r.Answer == nil {
		c.add("answer", "missing")
	}
	if a := r.Answer; a != nil {
		if a.Software == "" && a.URL == "" && a.Note == (Text{}) {
			c.add("answer", "missing")
		}
		c.url("answer.url", a.URL)
		c.paragraphs("answer.note", a.Note, maxNote)
		c.date("answer.date", a.Date)
	}
}
