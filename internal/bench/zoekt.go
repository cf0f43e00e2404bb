// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// zoekt is a zoekt-webserver that has indexed the same files, as ZOEKT_URL names it. It is asked for ten results in JSON,
// as Communs is.
type zoekt struct {
	url    string
	client *http.Client
}

func newZoekt(address string) *zoekt {
	return &zoekt{strings.TrimRight(address, "/"), &http.Client{Timeout: time.Minute}}
}

func (*zoekt) name() string { return "zoekt" }

func (*zoekt) version() string { return "zoekt-webserver, as ZOEKT_URL names it" }

func (z *zoekt) files(ctx context.Context, q query) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, z.url+"/search?format=json&num=10&q="+url.QueryEscape(zoektQuery(q)), nil)
	if err != nil {
		return nil, err
	}
	resp, err := z.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("zoekt: %s %w", resp.Status, err)
	}
	var answer struct {
		Result struct{ FileMatches []struct{ FileName string } } `json:"result"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read zoekt's answer: %w", err)
	}
	var names []string
	for _, f := range answer.Result.FileMatches {
		names = append(names, f.FileName)
	}
	return names, nil
}

// zoektQuery asks zoekt for the same.
func zoektQuery(q query) string {
	quoted := func(expression string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(expression) + `"`
	}
	matching := "case:yes "
	if q.fold {
		matching = "case:no "
	}
	switch q.form {
	case exact:
		return matching + "content:" + quoted(regexp.QuoteMeta(q.pattern))
	case regexpForm:
		return matching + "content:" + quoted(q.pattern)
	}
	parts := make([]string, len(q.words))
	for i, w := range q.words {
		parts[i] = "content:" + quoted(regexp.QuoteMeta(w))
	}
	return matching + strings.Join(parts, " ")
}
