// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"communs/crawler/heritage"
)

// How long the same is not asked again: what became of a request, and that a repository be saved of which the archive did not save what is
// published, has refused or failed to, or has not said anything new. A day of followAgain is short of 24 hours, as daily crawls do not begin at the same second.
const (
	followAgain = 20 * time.Hour
	saveAgain   = 7 * 24 * time.Hour
	refuseAgain = 30 * 24 * time.Hour
)

// ArchiveTending says what the archive is asked after a crawl.
type ArchiveTending struct {
	ArchiveRefresh
	Follow int // so many earlier requests at most are asked after, those first that were not for longest
	Saves  int // so many repositories at most are asked to be saved
}

// ArchiveTended is what that came to.
type ArchiveTended struct {
	ArchiveAsked
	Followed  int           `json:"followed"`  // earlier requests that were asked after
	Saved     int           `json:"saved"`     // of these: done
	Under     int           `json:"under_way"` // of these: not yet
	Requested int           `json:"requested"` // repositories that were asked to be saved
	Left      int           `json:"left"`      // for a later time
	Refused   []SaveRefused `json:"refused,omitempty"`
}

// SaveRefused is a repository that the archive does not save.
type SaveRefused struct {
	URL string `json:"url"`
	Why string `json:"why"` // in the archive's words
}

// TendArchive follows earlier requests to save repositories, asks what the archive holds, and has it save what it does not. Every answer is
// written down as it comes: what was interrupted, or what the archive had no room for, goes on at the next time.
func (c *Crawler) TendArchive(ctx context.Context, client *heritage.Client, opts ArchiveTending) (t ArchiveTended, err error) {
	if err := c.followSaves(ctx, client, opts.Follow, &t); err != nil {
		return t, err
	}
	if t.ArchiveAsked, err = c.RefreshArchive(ctx, client, opts.ArchiveRefresh); err != nil || opts.Saves == 0 {
		return t, err
	}
	urls, err := c.NotArchived(ctx)
	if err != nil {
		return t, err
	}
	t.Left = len(urls)
	for _, url := range urls[:min(len(urls), opts.Saves)] {
		r, err := c.RequestSave(ctx, client, url)
		switch reason, refused := refusal(err); {
		case refused:
			t.Refused = append(t.Refused, SaveRefused{url, reason})
		case err != nil:
			return t, err
		case r.Done() && !r.Saved():
			t.Refused = append(t.Refused, SaveRefused{url, r.Note})
		default:
			t.Requested++
		}
		t.Left--
	}
	return t, nil
}

// followSaves asks what became of earlier requests. One that was sent without an answer is asked after at once.
func (c *Crawler) followSaves(ctx context.Context, client *heritage.Client, most int, t *ArchiveTended) error {
	list, err := c.archived(ctx)
	if err != nil {
		return err
	}
	now := c.cfg.Now()
	list = slices.DeleteFunc(list, func(a *Archived) bool {
		return a.Save.Request == "" || a.Save.Done() || a.Save.Request != Sending && now.Sub(a.Save.Asked) < followAgain
	})
	slices.SortStableFunc(list, func(a, b *Archived) int { return a.Save.Asked.Compare(b.Save.Asked) })
	for _, a := range list[:min(len(list), most)] {
		if err := c.askSave(ctx, client, a); err != nil {
			return err
		}
		t.Followed++
		switch {
		case a.Save.Task == "succeeded":
			t.Saved++
		case a.Save.Done():
			t.Refused = append(t.Refused, SaveRefused{a.URL, a.Save.Note})
		case a.Save.Request != "":
			t.Under++
		}
	}
	return nil
}

// askSave asks what became of the request to save a repository. One that the archive knows nothing of was not made.
func (c *Crawler) askSave(ctx context.Context, client *heritage.Client, a *Archived) error {
	list, err := client.Requests(ctx, a.URL)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return c.setSave(ctx, a, Save{})
	}
	return c.noteSave(ctx, a, list[0], false)
}

// noteSave writes down what the archive says of a request, which may just have been sent.
func (c *Crawler) noteSave(ctx context.Context, a *Archived, r heritage.SaveRequest, sent bool) error {
	now := c.cfg.Now()
	s := Save{r.ID, r.Time, r.Request, r.Task, now, now, r.Note}
	if was := a.Save; !sent && was.ID == r.ID && was.Request == r.Request && was.Task == r.Task {
		s.Since = was.Since
	}
	return c.setSave(ctx, a, s)
}

func (c *Crawler) setSave(ctx context.Context, a *Archived, s Save) error {
	a.Save = s
	return c.store.setArchive(ctx, a.key, []string{"save_id", "save_time", "save_request", "save_task", "save_asked", "save_since", "save_note"},
		s.ID, toUnix(s.Time), s.Request, s.Task, toUnix(s.Asked), toUnix(s.Since), s.Note)
}

// NoteSave writes down what became of the request to save an origin, if that is mirrored here.
func (c *Crawler) NoteSave(ctx context.Context, origin string, r heritage.SaveRequest) error {
	a, err := c.ArchiveOf(ctx, origin)
	var unknown *UnknownError
	if errors.As(err, &unknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.noteSave(ctx, &a, r, false)
}

// refusal is the archive's reason not to save one repository, if an error is that: others may still be saved.
func refusal(err error) (string, bool) {
	var api *heritage.APIError
	if !errors.As(err, &api) || api.Err != nil {
		return "", false
	}
	switch api.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return "", false
	}
	return api.Reason, api.Status >= 400 && api.Status < 500
}

// RequestSave asks the archive to save what [Crawler.MaySave] allows. That it is about to be asked is written down first: when the answer
// is lost, the archive is asked what it heard, and not for the same again.
func (c *Crawler) RequestSave(ctx context.Context, client *heritage.Client, address string) (heritage.SaveRequest, error) {
	a, err := c.ArchiveOf(ctx, address)
	var unknown *UnknownError
	if errors.As(err, &unknown) {
		return client.Save(ctx, address)
	}
	if err != nil {
		return heritage.SaveRequest{}, err
	}
	before, now := a.Save, c.cfg.Now()
	if before.Request == Sending {
		if err := c.askSave(ctx, client, &a); err != nil || a.Save.Request != "" {
			return heritage.SaveRequest{ID: a.Save.ID, Origin: a.URL, Time: a.Save.Time, Request: a.Save.Request, Task: a.Save.Task, Note: a.Save.Note}, err
		}
		before = a.Save
	}
	if err := c.setSave(ctx, &a, Save{Time: now, Request: Sending, Since: now}); err != nil {
		return heritage.SaveRequest{}, err
	}
	r, err := client.Save(ctx, address)
	if err == nil {
		return r, c.noteSave(ctx, &a, r, true)
	}
	if reason, refused := refusal(err); refused {
		return r, errors.Join(err, c.setSave(ctx, &a, Save{Time: now, Request: "rejected", Asked: now, Since: now, Note: reason}))
	}
	var api *heritage.APIError
	if errors.As(err, &api) && (api.Status == http.StatusUnauthorized || api.Status == http.StatusTooManyRequests) { // it was not taken
		return r, errors.Join(err, c.setSave(ctx, &a, before))
	}
	return r, err
}

// NotArchived are the repositories of whose published commit the archive has said that it does not hold it, without those that opted out and
// those that it was asked to save not long ago.
func (c *Crawler) NotArchived(ctx context.Context) (urls []string, err error) {
	list, err := c.archived(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.Asked.IsZero() || a.Moved || a.Holds != "" || !c.saveDue(a.Save) {
			continue
		}
		_, err := c.MaySave(ctx, a.URL)
		var out *OptOutError
		if errors.As(err, &out) {
			continue
		}
		if err != nil {
			return nil, err
		}
		urls = append(urls, a.URL)
	}
	return urls, nil
}

// saveDue reports whether the archive may be asked to save a repository, after what became of the request before.
func (c *Crawler) saveDue(s Save) bool {
	again := refuseAgain
	switch {
	case s.Request == "", s.Request == Sending: // of the latter it is first asked what it heard
		return true
	case s.Task == "succeeded":
		again = saveAgain
	}
	return c.cfg.Now().Sub(s.Since) >= again
}
