// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/publiclog"
)

func person(account, organisation string) registry.Actor {
	return registry.Actor{Account: account, Organisation: organisation, Roles: []registry.Role{registry.RoleMember}}
}

// A consultation from its question to its result: one answer each, changed until the close, which the clock brings; nobody is named.
func TestConsultation(t *testing.T) {
	v, ctx := newVillage(t), t.Context()
	speaker := registry.Actor{Account: "anne", Organisation: "atelier", Roles: []registry.Role{registry.RoleSpeaker}}
	question := commons.Question{Title: "Quel jour ?", Text: "Pour la rencontre.", Answers: []string{"Mardi", "Jeudi"}}
	refused := func(err error, code string) {
		t.Helper()
		var e *commons.Error
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	_, err := v.Ask(ctx, speaker, question)
	refused(err, "not-founded")
	administrator := registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}
	if _, err := v.Found(ctx, administrator, commons.Founding{Rules: governance.Default(), Members: []governance.Member{{Organisation: "atelier", Type: "company"}}}); err != nil {
		t.Fatal(err)
	}
	for code, q := range map[string]commons.Question{
		"answers": {Title: "a", Text: "b", Answers: []string{"une"}}, "same-answer": {Title: "a", Text: "b", Answers: []string{"une", " une"}},
		"empty": {Title: " ", Text: "b", Answers: question.Answers}, "long": {Title: "a", Text: "b", Answers: []string{"x", strings.Repeat("y", 201)}},
	} {
		_, err := v.Ask(ctx, speaker, q)
		refused(err, code)
	}
	_, err = v.Ask(ctx, person("paul", ""), question)
	refused(err, "not-yours")
	if _, err := v.Ask(ctx, speaker, question); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		who    string
		answer int
		code   string
	}{{"anne", 1, ""}, {"paul", 1, ""}, {"lea", 2, ""}, {"paul", 2, ""}, {"paul", 2, ""}, {"lea", 3, "answer"}, {"lea", 0, "answer"}, {"", 1, "no-account"}} {
		if _, err := v.Answer(ctx, person(step.who, ""), 1, step.answer); step.code != "" {
			refused(err, step.code)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	_, err = v.Answer(ctx, person("paul", ""), 2, 1)
	refused(err, "unknown-question")
	st, err := v.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	q := st.Consultations[0]
	if q.Answered() != 3 || q.AnswerOf("paul") != 2 || q.AnswerOf("nobody") != 0 || q.Outcome != nil || !st.Next().Equal(q.Closes) {
		t.Errorf("%+v", q)
	}
	v.days(22)
	_, err = v.Answer(ctx, person("paul", ""), 1, 1)
	refused(err, "consultation-closed")
	if st, err = v.Keep(ctx); err != nil || !reflect.DeepEqual(st.Consultations[0].Outcome, &commons.Outcome{Answered: 3, Counts: []int{1, 2}}) {
		t.Fatalf("%+v, %v", st.Consultations[0], err)
	}
	// What is handed out replays to the same, and names nobody.
	replayed := commons.NewState()
	for e, err := range v.store.Log(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		line, err := e.MarshalJSON()
		if err != nil || strings.Contains(string(line), "paul") || strings.Contains(string(line), "anne") {
			t.Errorf("%s, %v", line, err)
		}
		var out publiclog.Entry
		if err := out.UnmarshalJSON(line); err != nil {
			t.Fatal(err)
		}
		if err := replayed.Add(out); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(replayed.Consultations[0].Outcome, st.Consultations[0].Outcome) {
		t.Errorf("%+v", replayed.Consultations[0])
	}
	// Its text can go, the result stays.
	for n := int64(1); n <= st.Head.N; n++ {
		var no *registry.ErasureError
		if err := v.store.Erase(ctx, registry.Erasure{Entry: n, Reason: "request"}); err != nil && !errors.As(err, &no) {
			t.Fatal(err)
		}
	}
	if st, err = commons.New(v.store, v.now).State(ctx); err != nil || st.Consultations[0].Title != "" || st.Consultations[0].Outcome.Counts[1] != 2 {
		t.Errorf("erased: %+v, %v", st.Consultations[0], err)
	}
}

// Where the rules say so, only people with a seat in a member answer; and an answer from a second place, or a result that does not follow, is a breach.
func TestConsultationRules(t *testing.T) {
	v, ctx := newVillage(t), t.Context()
	rules := strings.Replace(string(governance.Default()), "members = false", "members = true", 1)
	administrator := registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}
	if _, err := v.Found(ctx, administrator, commons.Founding{Rules: []byte(rules), Members: []governance.Member{{Organisation: "atelier", Type: "company"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Ask(ctx, administrator, commons.Question{Title: "Quel jour ?", Text: "Dites.", Answers: []string{"Mardi", "Jeudi"}}); err != nil {
		t.Fatal(err)
	}
	var e *commons.Error
	if _, err := v.Answer(ctx, person("paul", "ailleurs"), 1, 1); !errors.As(err, &e) || e.Code != "members-only" {
		t.Error(err)
	}
	st, err := v.Answer(ctx, person("paul", "atelier"), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	body := func(kind string, body, personal any) {
		t.Helper()
		d := publiclog.Draft{Type: kind, About: "consultation/1", Body: body, Personal: personal}
		e, err := d.Seal(st.Head, v.now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		again, err := commons.New(v.store, v.now).State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var breach *commons.Breach
		if err := again.Add(e); !errors.As(err, &breach) {
			t.Errorf("%s %v: %v", kind, body, err)
		}
	}
	body("consultation.answered", map[string]int{"place": 2, "answer": 1}, map[string]string{"account": "paul"})
	body("consultation.answered", map[string]int{"place": 3, "answer": 1}, nil)
	body("consultation.answered", map[string]int{"place": 2, "answer": 9}, nil)
	body("consultation.closed", map[string]any{"due": v.now(), "outcome": map[string]any{"answered": 1, "counts": []int{1, 0}}}, nil)
	v.days(21)
	if st, err = v.Keep(ctx); err != nil || st.Consultations[0].Outcome == nil {
		t.Fatal(err)
	}
}
