// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.gitea.io/sdk/gitea"
)

// giteaOverlap is for a clock that is set, and for work that a server has in hand.
const giteaOverlap = 10 * time.Minute

// giteaPage is what a Gitea gives a page unless its administrator said otherwise; it cuts a larger one without a word.
const giteaPage = 50

// giteaLister lists the public repositories of a Gitea or Forgejo instance through its search, which sorts by activity and
// takes an owner or a topic. A Gogs answers alike, but knows neither that order nor topics: it is listed whole each time.
type giteaLister struct {
	*api
	scope scope
	gogs  bool
	owner int64 // the number of the organisation or user, once it was asked for
}

func newGitea(sc SourceConfig, token string, cfg Config) *pagedSource {
	sign := func(h http.Header) { h.Set("Authorization", "token "+token) } // a Gogs knows no other
	l := &giteaLister{api: newAPI(cfg, sc.Name, sc.URL, token, sign), scope: sc.scope(), gogs: sc.Kind == KindGogs}
	s := &pagedSource{sc.Name, latest, giteaOverlap, l}
	if l.gogs {
		s.order = unordered
	}
	return s
}

func (l *giteaLister) client(ctx context.Context) (*gitea.Client, error) {
	return gitea.NewClient(l.address, gitea.SetHTTPClient(l.http), gitea.SetContext(ctx), gitea.SetGiteaVersion(""))
}

func (l *giteaLister) part(ctx context.Context, at string, _ time.Time) (part, error) {
	client, err := l.client(ctx)
	if err != nil {
		return part{}, &ListError{l.source, err}
	}
	n := pageNumber(at)
	q := url.Values{"page": {strconv.Itoa(n)}, "limit": {strconv.Itoa(giteaPage)}, "private": {"false"}}
	if !l.gogs {
		q.Set("sort", "updated")
		q.Set("order", "desc")
	}
	switch l.scope.field {
	case fieldOrganisation, fieldUser:
		if err := l.findOwner(client); err != nil {
			return part{}, l.fault(ctx, err)
		}
		q.Set("uid", strconv.FormatInt(l.owner, 10))
		q.Set("exclusive", "true")
	case fieldTopic:
		q.Set("q", l.scope.value)
		q.Set("topic", "true")
	}
	list, resp, err := client.SearchRepos(gitea.SearchRepoOptions{RawQuery: q.Encode()})
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	p := part{date: l.date()}
	for _, r := range list {
		p.repos = append(p.repos, l.repository(r))
	}
	p.next, err = nextNumber(l.source, n, resp.NextPage)
	return p, err
}

// findOwner asks for the owner's number, by which the search knows it. An organisation is found as a user too.
func (l *giteaLister) findOwner(client *gitea.Client) error {
	if l.owner != 0 {
		return nil
	}
	user, _, err := client.GetUserInfo(l.scope.value)
	if err == nil {
		l.owner = user.ID
	}
	return err
}

func (l *giteaLister) repository(p *gitea.Repository) Repository {
	r := Repository{
		URL: p.HTMLURL, Clone: p.CloneURL, Name: p.Name, Description: p.Description, Homepage: p.Website, Fork: p.Fork, Archived: p.Archived,
		Topics: p.Topics, Source: l.source, ForgeID: p.ID, Mirror: p.Mirror, Visibility: VisibilityPublic, Empty: p.Empty, DefaultBranch: p.DefaultBranch,
		License: strings.Join(p.Licenses, ", "), PushedAt: p.Updated.UTC(), CreatedAt: p.Created.UTC(), UpdatedAt: p.Updated.UTC(),
	}
	if r.Owner, _, _ = strings.Cut(p.FullName, "/"); p.Owner != nil && p.Owner.UserName != "" {
		r.Owner = p.Owner.UserName
	}
	switch {
	case p.Private:
		r.Visibility = VisibilityPrivate
	case p.Internal:
		r.Visibility = VisibilityInternal
	}
	if p.Parent != nil {
		r.Parent = p.Parent.HTMLURL
	}
	if p.Mirror {
		r.MirrorOf = withoutUser(p.OriginalURL)
	}
	return r
}

// Status asks what has become of a repository: by its number, which stays, or by its name. Gitea tells what has a number only to whoever
// has a token; for a name it leads to where a renamed repository is now.
func (l *giteaLister) Status(ctx context.Context, r Repository) (Status, error) {
	client, err := l.client(ctx)
	if err != nil {
		return Status{}, &ListError{l.source, err}
	}
	var now *gitea.Repository
	if r.ForgeID != 0 && !l.gogs && l.token != "" {
		now, _, err = client.GetRepoByID(r.ForgeID)
	} else {
		now, _, err = client.GetRepo(r.Owner, r.Name)
	}
	switch {
	case err != nil:
		return l.absent(ctx, err)
	case r.ForgeID != 0 && now.ID != r.ForgeID: // another one has taken its name
		return Status{State: StateDeleted, Either: true}, nil
	}
	return statusOf(r, l.repository(now)), nil
}
