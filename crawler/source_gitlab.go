// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"
)

// GitLab notes activity only once an hour.
const gitlabOverlap = 2 * time.Hour

// gitlabLister lists the public projects of a GitLab instance: of a group with its subgroups, of a user, with a topic, or all.
// Groups and users come by page, the latest activity first; the others by keyset, which no number of projects slows down, and
// which may be filtered by activity.
type gitlabLister struct {
	*api
	scope scope
}

func newGitLab(sc SourceConfig, token string, cfg Config) *pagedSource {
	sign := func(h http.Header) { h.Set("Private-Token", token) }
	l := &gitlabLister{newAPI(cfg, sc.Name, sc.URL, token, sign), sc.scope()}
	s := &pagedSource{sc.Name, filtered, gitlabOverlap, l}
	if l.scope.field == fieldGroup || l.scope.field == fieldUser {
		s.order = latest
	}
	return s
}

// client makes the library's client; waiting is the transport's business.
func (l *gitlabLister) client() (*gitlab.Client, error) {
	return gitlab.NewClient("", gitlab.WithBaseURL(l.address), gitlab.WithHTTPClient(l.http), gitlab.WithoutRetries(),
		gitlab.WithCustomLimiter(noLimiter{}))
}

// noLimiter leaves it to the transport to wait.
type noLimiter struct{}

func (noLimiter) Wait(context.Context) error { return nil }

func (l *gitlabLister) part(ctx context.Context, at string, since time.Time) (part, error) {
	client, err := l.client()
	if err != nil {
		return part{}, &ListError{l.source, err}
	}
	var list []*gitlab.Project
	var resp *gitlab.Response
	n := pageNumber(at)
	public, descending := gitlab.Ptr(gitlab.PublicVisibility), gitlab.Ptr("desc")
	switch l.scope.field {
	case fieldGroup:
		list, resp, err = client.Groups.ListGroupProjects(l.scope.value, &gitlab.ListGroupProjectsOptions{
			ListOptions:      gitlab.ListOptions{PerPage: perPage, Page: n},
			IncludeSubGroups: gitlab.Ptr(true), WithShared: gitlab.Ptr(false), Visibility: public,
			OrderBy: gitlab.Ptr("last_activity_at"), Sort: descending,
		}, gitlab.WithContext(ctx))
	case fieldUser:
		list, resp, err = client.Projects.ListUserProjects(l.scope.value, &gitlab.ListProjectsOptions{
			ListOptions: gitlab.ListOptions{PerPage: perPage, Page: n}, Visibility: public,
			OrderBy: gitlab.Ptr("last_activity_at"), Sort: descending,
		}, gitlab.WithContext(ctx))
	default:
		return l.keyset(ctx, client, at, since)
	}
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	p := part{date: l.date(), repos: l.repositories(list)}
	p.next, err = nextNumber(l.source, n, resp.NextPage)
	return p, err
}

// keyset lists by the projects' numbers. Its position is the last one that was listed.
func (l *gitlabLister) keyset(ctx context.Context, client *gitlab.Client, at string, since time.Time) (part, error) {
	opt := &gitlab.ListProjectsOptions{
		ListOptions: gitlab.ListOptions{PerPage: perPage, Pagination: "keyset"}, Visibility: gitlab.Ptr(gitlab.PublicVisibility),
		OrderBy: gitlab.Ptr("id"), Sort: gitlab.Ptr("asc"),
	}
	if l.scope.field == fieldTopic {
		opt.Topic = gitlab.Ptr(l.scope.value)
	}
	after, _ := strconv.Atoi(at) // 0 at the beginning
	if after > 0 {
		opt.IDAfter = gitlab.Ptr(after)
	}
	if !since.IsZero() {
		opt.LastActivityAfter = gitlab.Ptr(since.UTC())
		ctx = forgetful(ctx) // the address will not be asked for again
	}
	list, resp, err := client.Projects.ListProjects(opt, gitlab.WithContext(ctx))
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	p := part{date: l.date(), repos: l.repositories(list)}
	if len(list) > 0 && resp.NextLink != "" {
		last := after
		for _, project := range list {
			last = max(last, project.ID)
		}
		p.next, err = nextNumber(l.source, after, last)
	}
	return p, err
}

func (l *gitlabLister) repositories(list []*gitlab.Project) []Repository {
	repos := make([]Repository, len(list))
	for i, p := range list {
		repos[i] = l.repository(p)
	}
	return repos
}

func (l *gitlabLister) repository(p *gitlab.Project) Repository {
	r := Repository{
		URL: p.WebURL, Clone: p.HTTPURLToRepo, Name: p.Path, Description: p.Description, Archived: p.Archived,
		Topics: p.Topics, Source: l.source, ForgeID: int64(p.ID), Mirror: p.Mirror, Visibility: string(p.Visibility), Empty: p.EmptyRepo,
		DefaultBranch: p.DefaultBranch, LFS: p.LFSEnabled, PushedAt: utc(p.LastActivityAt), CreatedAt: utc(p.CreatedAt), UpdatedAt: utc(p.UpdatedAt),
	}
	if i := strings.LastIndexByte(p.PathWithNamespace, '/'); i > 0 {
		r.Owner = p.PathWithNamespace[:i]
	}
	if len(r.Topics) == 0 {
		r.Topics = p.TagList // before GitLab 14
	}
	if f := p.ForkedFromProject; f != nil {
		r.Fork, r.Parent = true, f.WebURL
	}
	if p.License != nil {
		r.License = p.License.Key
	}
	return r
}

// utc is a time that may be missing.
func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// Status asks what has become of a project: by its number, which stays, or by its path.
func (l *gitlabLister) Status(ctx context.Context, r Repository) (Status, error) {
	client, err := l.client()
	if err != nil {
		return Status{}, &ListError{l.source, err}
	}
	var id any = int(r.ForgeID)
	if r.ForgeID == 0 {
		id = pathOf(r.URL, l.address)
	}
	project, _, err := client.Projects.GetProject(id, nil, gitlab.WithContext(ctx))
	if err != nil {
		return l.absent(ctx, err)
	}
	return statusOf(r, l.repository(project)), nil
}
