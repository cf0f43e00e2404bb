// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"slices"
	"strings"

	"communs/registry"
	"communs/registry/register"
)

// fieldView is a field of the form of a card.
type fieldView struct {
	ID, Name, Label, About string
	Value                  string
	Lang                   string // of what is typed; empty: of none
	Long                   bool   // several lines
	One                    bool   // one of the options
	Boxes                  bool   // any of the options
	Open                   bool   // the boxes are in sight
	Options                []option
	Fault, Hint            string
	Described              string // ids of what describes it
	Reasons                []proposalView
}

// fieldID is the id of a field of the form, and of what stands beside it.
func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, ".", "-") }

// topOf is the field of the form that a problem is told beside: needs[2] is one of needs.
func topOf(field string) string {
	if i := slices.IndexFunc(register.Fields(), func(name string) bool { return field == name || strings.HasPrefix(field, name+"[") }); i >= 0 {
		return register.Fields()[i]
	}
	if field == "summary" || field == "about" {
		return field + ".fr"
	}
	return ""
}

func fieldLabel(r *request, name string) string {
	return r.said.T("web.register.field." + strings.ReplaceAll(name, ".", "-"))
}

// viewFaults lists what is wrong, each with the field that it leads to; where doubts are asked about, those as well.
func viewFaults(r *request, faults register.Faults, doubts bool) (list []faultView) {
	for _, p := range faults {
		if p.Doubt && !doubts {
			continue
		}
		text, hint := r.said.Error(p)
		v := faultView{Text: plain(text), Hint: plain(hint)}
		if top := topOf(p.Field); top != "" {
			v.ID, v.Label = fieldID(top), fieldLabel(r, top)
		}
		list = append(list, v)
	}
	return list
}

// viewFields are the fields of a draft's form. What is wrong with one is told when somebody has sent the form, or when it was found so.
func viewFields(r *request, c *registry.Catalogue, d *register.Draft, faults register.Faults, sent bool) (list []fieldView) {
	s := d.Software
	reasons := viewReasons(r, c, s.Reasons)
	for _, name := range register.Fields() {
		v := fieldView{ID: fieldID(name), Name: name, Label: fieldLabel(r, name), Value: plainLines(valueOf(s, name))}
		if key := "web.register.about." + strings.ReplaceAll(name, ".", "-"); r.said.Has(key) {
			v.About, v.Described = r.said.T(key), v.ID+"-about"
		}
		if lang := strings.TrimPrefix(strings.TrimPrefix(name, "summary."), "about."); lang == "fr" || lang == "en" {
			v.Lang = lang
		}
		v.Long = strings.HasPrefix(name, "about.")
		v.options(r, c, s)
		for _, p := range faults {
			if topOf(p.Field) == name && v.Fault == "" && (sent || !missing(p)) {
				text, hint := r.said.Error(p)
				v.Fault, v.Hint = plain(text), plain(hint)
				v.Described = strings.TrimSpace(v.ID + "-fault " + v.Described)
			}
		}
		top, _, _ := strings.Cut(name, ".")
		for i, reason := range s.Reasons {
			if len(reasons) == len(s.Reasons) && (reason.Field == name || reason.Field == top && top != name && v.Value != "") && len(v.Reasons) < 3 {
				v.Reasons = append(v.Reasons, reasons[i])
			}
		}
		list = append(list, v)
	}
	return list
}

// missing reports whether a problem is that nothing stands there yet, which nobody needs to be told before they have written.
func missing(p registry.Problem) bool { return p.Key == "registry.problem.missing" }

// valueOf is what a field of a card holds, as people type it.
func valueOf(s *registry.Software, name string) string {
	switch name {
	case "name":
		return s.Name
	case "summary.fr":
		return s.Summary.FR
	case "summary.en":
		return s.Summary.EN
	case "about.fr":
		return s.About.FR
	case "about.en":
		return s.About.EN
	case "licence":
		return s.Licence
	case "website":
		return s.Website
	case "docs":
		return s.Docs
	case "stage":
		return string(s.Stage)
	}
	return strings.Join(listOf(s, name), ", ")
}

func listOf(s *registry.Software, name string) []string {
	switch name {
	case "needs":
		return s.Needs
	case "languages":
		return s.Languages
	case "platforms":
		return s.Platforms
	case "categories":
		return s.Categories
	case "words":
		return s.Words
	case "replaces":
		return s.Replaces
	}
	return nil
}

// options are the choices of a field that has them.
func (v *fieldView) options(r *request, c *registry.Catalogue, s *registry.Software) {
	chosen := listOf(s, v.Name)
	switch v.Name {
	case "stage":
		v.One = true
		v.Options = []option{{"", r.said.T("web.register.unsaid"), s.Stage == ""}}
		for _, stage := range []registry.Stage{registry.StageConcept, registry.StageDevelopment, registry.StageBeta, registry.StageStable, registry.StageObsolete} {
			v.Options = append(v.Options, option{string(stage), word(r.said, "find.value.stage", string(stage)), s.Stage == stage})
		}
	case "platforms":
		v.Boxes, v.Open = true, true
		for _, p := range []string{"web", "linux", "windows", "mac", "android", "ios"} {
			v.Options = append(v.Options, option{p, word(r.said, "find.value.platforms", p), slices.Contains(chosen, p)})
		}
	case "needs":
		v.Boxes = true
		for _, n := range c.Needs() {
			v.Options = append(v.Options, option{n.ID, viewText(r, n.Name).Text, slices.Contains(chosen, n.ID)})
		}
		if len(v.Options) == 0 {
			v.Boxes = false
		}
	}
}

// cardView is a card as it will stand.
type cardView struct {
	Name    string
	Summary textView
	Badge   badge
	About   []textView
	Rows    []cardRow
	Status  string
	By      *link
	Control string
}

// cardRow is a line of a card's sheet.
type cardRow struct{ Label, Value, Href string }

func (s *Server) viewCard(r *request, d *register.Draft, st *register.Standing) *cardView {
	c, one := s.read(r), d.Software
	known := c.Licence(one)
	v := &cardView{Name: one.Name, Summary: viewText(r, one.Summary), About: paragraphs(r, one.About), Badge: newBadge(known.Declared, known.Libre)}
	status := registry.Declared
	if st.Proof != nil || st.Own && st.Known.Status == registry.Proven {
		status = registry.Proven
	}
	v.Status = r.said.T("web.status." + string(status))
	if d.Organisation != "" {
		by := organisationLink(r, c, d.Organisation)
		v.By = &by
	}
	if st.Proof != nil {
		v.Control = s.controlWords(r, st.Proof)
	}
	v.Rows = append(v.Rows, cardRow{r.said.T("web.register.repository"), plain(d.Address), outside(d.Address)})
	for _, name := range register.Fields() {
		row := cardRow{Label: fieldLabel(r, name), Value: valueOf(one, name)}
		switch {
		case row.Value == "" || strings.HasPrefix(name, "summary") || strings.HasPrefix(name, "about") || name == "name" || name == "licence":
			continue
		case name == "needs":
			var names []string
			for _, id := range one.Needs {
				if n, ok := c.Need(id); ok {
					id = viewText(r, n.Name).Text
				}
				names = append(names, id)
			}
			row.Value = strings.Join(names, ", ")
		case name == "stage":
			row.Value = word(r.said, "find.value.stage", row.Value)
		case name == "website" || name == "docs":
			row.Href = outside(row.Value)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// faultBody is what is wrong with a field of a draft, as the API gives it.
type faultBody struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Doubt   bool   `json:"doubt,omitempty"` // it may be right: "sure" confirms it
}

// faultsOf are those that an error carries.
func faultsOf(r *request, err error) []faultBody {
	var faults register.Faults
	if !errors.As(err, &faults) {
		return nil
	}
	return tellFaults(r, faults)
}

func tellFaults(r *request, faults register.Faults) []faultBody {
	list := make([]faultBody, 0, len(faults))
	for _, p := range faults {
		text, hint := r.said.Error(p)
		list = append(list, faultBody{p.Field, plain(text), plain(hint), p.Doubt})
	}
	return list
}
