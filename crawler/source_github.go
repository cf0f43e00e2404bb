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

	"github.com/google/go-github/v60/github"
)

// githubOverlap is for a clock that is set, and for work that a server has in hand.
const githubOverlap = 10 * time.Minute

// githubLister lists the public repositories of GitHub or of an enterprise's own instance: of an organisation or a user, the
// latest push first; with a topic or from a search (see [githubWindow]); or, of an instance, all in the order of their numbers.
type githubLister struct {
	*api
	web   string // where its pages are
	scope scope
}

func newGitHub(sc SourceConfig, token string, cfg Config) *pagedSource {
	address, web := "https://api.github.com/", "https://github.com"
	if sc.URL != "" && !isGitHub(sc.URL) {
		web = strings.TrimSuffix(sc.URL, "/")
		address = web + "/api/v3/"
	}
	l := &githubLister{newAPI(cfg, sc.Name, address, token, bearer(token)), web, sc.scope()}
	s := &pagedSource{sc.Name, latest, githubOverlap, l}
	switch l.scope.field {
	case fieldTopic, fieldSearch:
		s.order = filtered
	case "":
		s.order = unordered
	}
	return s
}

// isGitHub reports whether an address is that of github.com or of its API.
func isGitHub(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "github.com" || u.Hostname() == "www.github.com" || u.Hostname() == "api.github.com")
}

// client makes the library's client, one for each request: it would refuse to ask while it thinks that no requests are left, and waiting
// is the transport's business.
func (l *githubLister) client() (*github.Client, error) {
	client := github.NewClient(l.http)
	base, err := url.Parse(l.address)
	if err != nil {
		return nil, &ListError{l.source, err}
	}
	client.BaseURL = base
	return client, nil
}

func (l *githubLister) part(ctx context.Context, at string, since time.Time) (part, error) {
	client, err := l.client()
	if err != nil {
		return part{}, err
	}
	n := pageNumber(at)
	var list []*github.Repository
	var resp *github.Response
	switch l.scope.field {
	case fieldTopic:
		return l.window(ctx, "topic:"+l.scope.value, at, since)
	case fieldSearch:
		return l.window(ctx, l.scope.value, at, since)
	case fieldOrganisation:
		list, resp, err = client.Repositories.ListByOrg(ctx, l.scope.value, &github.RepositoryListByOrgOptions{
			Type: "public", Sort: "pushed", Direction: "desc", ListOptions: github.ListOptions{PerPage: perPage, Page: n}})
	case fieldUser:
		list, resp, err = client.Repositories.ListByUser(ctx, l.scope.value, &github.RepositoryListByUserOptions{
			Type: "owner", Sort: "pushed", Direction: "desc", ListOptions: github.ListOptions{PerPage: perPage, Page: n}})
	default:
		return l.all(ctx, client, at)
	}
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	p := part{date: l.date(), repos: l.repositories(list)}
	p.next, err = nextNumber(l.source, n, resp.NextPage)
	return p, err
}

// all lists an instance. Its position is the number of the last repository listed.
func (l *githubLister) all(ctx context.Context, client *github.Client, at string) (part, error) {
	after, _ := strconv.ParseInt(at, 10, 64) // 0 at the beginning
	list, _, err := client.Repositories.ListAll(ctx, &github.RepositoryListAllOptions{Since: after})
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	p := part{date: l.date(), repos: l.repositories(list)}
	if len(list) > 0 {
		p.next, err = nextNumber(l.source, int(after), int(list[len(list)-1].GetID()))
	}
	return p, err
}

func (l *githubLister) repositories(list []*github.Repository) []Repository {
	repos := make([]Repository, len(list))
	for i, p := range list {
		repos[i] = l.repository(p)
	}
	return repos
}

func (l *githubLister) repository(p *github.Repository) Repository {
	r := Repository{
		URL: p.GetHTMLURL(), Clone: p.GetCloneURL(), Name: p.GetName(), Owner: p.GetOwner().GetLogin(),
		Description: p.GetDescription(), Homepage: p.GetHomepage(), Archived: p.GetArchived(), Fork: p.GetFork(),
		Topics: p.Topics, Source: l.source, ForgeID: p.GetID(), Parent: p.GetParent().GetHTMLURL(), MirrorOf: withoutUser(p.GetMirrorURL()),
		Visibility: p.GetVisibility(), DefaultBranch: p.GetDefaultBranch(), License: p.GetLicense().GetSPDXID(),
		PushedAt: p.GetPushedAt().UTC(), CreatedAt: p.GetCreatedAt().UTC(), UpdatedAt: p.GetUpdatedAt().UTC(),
	}
	r.Mirror = r.MirrorOf != ""
	if r.Visibility == "" && p.Private != nil {
		r.Visibility = VisibilityPublic
		if *p.Private {
			r.Visibility = VisibilityPrivate
		}
	}
	if r.License == "NOASSERTION" {
		r.License = ""
	}
	return r
}

// Status asks what has become of a repository: by its number, which stays, or by its name. It brings a fork's parent, which
// listings leave out.
func (l *githubLister) Status(ctx context.Context, r Repository) (Status, error) {
	client, err := l.client()
	if err != nil {
		return Status{}, err
	}
	var now *github.Repository
	if r.ForgeID != 0 {
		now, _, err = client.Repositories.GetByID(ctx, r.ForgeID)
	} else {
		owner, name, _ := strings.Cut(pathOf(r.URL, l.web), "/")
		now, _, err = client.Repositories.Get(ctx, owner, name)
	}
	if err != nil {
		return l.absent(ctx, err)
	}
	return statusOf(r, l.repository(now)), nil
}

// accountKind asks whether a name is an organisation's or a user's.
func (l *githubLister) accountKind(ctx context.Context, name string) (string, error) {
	client, err := l.client()
	if err != nil {
		return "", err
	}
	user, resp, err := client.Users.Get(ctx, name)
	switch {
	case resp != nil && resp.StatusCode == http.StatusNotFound:
		return "", nil
	case err != nil:
		return "", l.fault(ctx, err)
	case user.GetType() == "Organization":
		return fieldOrganisation, nil
	}
	return fieldUser, nil
}
