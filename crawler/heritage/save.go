// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// SaveRequest is a request that the archive visit an origin. It is accepted at once where the archive knows the forge; else somebody there
// looks at it first (pending), and may refuse it.
type SaveRequest struct {
	ID       int64     `json:"id"`
	Origin   string    `json:"origin_url"`
	Type     string    `json:"visit_type"`
	Time     time.Time `json:"save_request_date"`
	Request  string    `json:"save_request_status"` // accepted, pending, rejected
	Task     string    `json:"save_task_status"`    // not created, not yet scheduled, pending, scheduled, running, succeeded, failed
	Visited  time.Time `json:"visit_date"`
	Visit    string    `json:"visit_status"` // full, partial, not_found, failed
	Note     string    `json:"note"`         // why, in the archive's words
	Snapshot string    `json:"snapshot_swhid"`
}

// Done reports whether nothing more will become of the request.
func (r SaveRequest) Done() bool {
	return r.Request == "rejected" || r.Task == "succeeded" || r.Task == "failed"
}

// Saved reports whether what was asked for is in the archive.
func (r SaveRequest) Saved() bool { return r.Task == "succeeded" }

// UnmarshalJSON reads a request; the archive writes null for what is not known yet.
func (r *SaveRequest) UnmarshalJSON(data []byte) error {
	type plain SaveRequest
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	if r.Origin == "" || r.Request == "" {
		return fmt.Errorf("a request without origin or status: %.100s", data)
	}
	return nil
}

// plainOrigin is an address that can stand in a path as it is.
var plainOrigin = regexp.MustCompile(`^[A-Za-z0-9:/._~@+-]+$`)

func savePath(origin string) string {
	if plainOrigin.MatchString(origin) {
		return "origin/save/git/url/" + strings.TrimSuffix(origin, "/") + "/"
	}
	return "origin/save/?" + url.Values{"visit_type": {"git"}, "origin_url": {origin}}.Encode()
}

// Save asks the archive to visit a git repository. Whether its owner agrees is for the caller to know.
func (c *Client) Save(ctx context.Context, origin string) (SaveRequest, error) {
	var r SaveRequest
	_, err := c.ask(ctx, http.MethodPost, savePath(origin), nil, &r)
	return r, err
}

// Requests are the requests to save an origin, the latest first. None is no error.
func (c *Client) Requests(ctx context.Context, origin string) ([]SaveRequest, error) {
	var list []SaveRequest
	_, err := c.ask(ctx, http.MethodGet, savePath(origin), nil, &list)
	if missing(err) {
		return nil, nil
	}
	return list, err
}

// Origin is something that the archive has visited.
type Origin struct {
	URL string `json:"url"`
}

// Search gives a page of the origins of which the archive holds something and whose address contains a text: the one at a place that the
// page before has given, or the first. next is the place of the page after it, empty on the last one.
func (c *Client) Search(ctx context.Context, text, at string) (page []Origin, next string, err error) {
	path := "origin/search/" + url.PathEscape(text) + "/?limit=1000&with_visit=true&visit_type=git"
	if at != "" {
		path += "&page_token=" + url.QueryEscape(at)
	}
	header, err := c.ask(ctx, http.MethodGet, path, nil, &page)
	return page, nextToken(header), err
}

var nextLink = regexp.MustCompile(`<([^>]*)>\s*;[^,]*\brel="?next"?`)

// nextToken is the place of the next page.
func nextToken(header http.Header) string {
	for _, link := range header.Values("Link") {
		if m := nextLink.FindStringSubmatch(link); m != nil {
			if u, err := url.Parse(m[1]); err == nil {
				return u.Query().Get("page_token")
			}
		}
	}
	return ""
}
