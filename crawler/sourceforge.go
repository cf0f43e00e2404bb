// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/xanzy/go-gitlab"
)

// Both forges list by last activity, the latest first, so that a listing stops where the previous one began. Their
// cursor is that time, taken back by an overlap: GitLab notes activity only once an hour.
const activityOverlap = 2 * time.Hour

// perPage is the largest page that both forges give.
const perPage = 100

// listingGuard watches the requests to a forge's API.
func listingGuard(cfg Config) (guard, *meter) {
	m := &meter{}
	g := guard{base: cfg.network, idle: cfg.Idle, meter: m,
		limit: func(*http.Request) int64 { return cfg.MaxPage }}
	return g, m
}

// parseActivity reads a cursor.
func parseActivity(since Cursor) time.Time {
	t, err := time.Parse(time.RFC3339Nano, string(since))
	if err != nil {
		return time.Time{} // from the beginning: a listing too many does no harm
	}
	return t
}

// activityCursor is the cursor after a listing that began with this activity.
func activityCursor(latest time.Time) Cursor {
	if latest.IsZero() {
		return ""
	}
	return Cursor(latest.Add(-activityOverlap).UTC().Format(time.RFC3339Nano))
}

// listing reads what a forge lists page by page, the latest activity first.
type listing[T any] struct {
	source     string
	page       func(n int) (list []T, next int, err error) // next is 0 behind the last page
	repository func(T) Repository
}

// since yields what was active since a time, which all that has no time was.
func (l listing[T]) since(from time.Time, yield func(Repository, error) bool) {
	for n := 1; n != 0; {
		list, next, err := l.page(n)
		if err != nil {
			yield(Repository{}, err)
			return
		}
		for _, p := range list {
			r := l.repository(p)
			if !r.PushedAt.IsZero() && r.PushedAt.Before(from) {
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if next != 0 && next <= n {
			yield(Repository{}, &ListError{l.source, fmt.Errorf("page %d is followed by page %d", n, next)})
			return
		}
		n = next
	}
}

// gitlabSource lists the public projects of a group and its subgroups.
type gitlabSource struct {
	name, url, group, token string
	cfg                     Config
}

// Repositories lists the group.
func (s *gitlabSource) Repositories(ctx context.Context, since Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		g, m := listingGuard(s.cfg)
		client, err := gitlab.NewClient(s.token, gitlab.WithBaseURL(s.url), gitlab.WithHTTPClient(g.client()), gitlab.WithoutRetries())
		if err != nil {
			yield(Repository{}, &ListError{s.name, err})
			return
		}
		opt := &gitlab.ListGroupProjectsOptions{
			ListOptions:      gitlab.ListOptions{PerPage: perPage},
			IncludeSubGroups: gitlab.Ptr(true),
			WithShared:       gitlab.Ptr(false),
			Visibility:       gitlab.Ptr(gitlab.PublicVisibility),
			OrderBy:          gitlab.Ptr("last_activity_at"),
			Sort:             gitlab.Ptr("desc"),
		}
		list := listing[*gitlab.Project]{
			source: s.name,
			page: func(n int) ([]*gitlab.Project, int, error) {
				opt.Page = n
				projects, resp, err := client.Groups.ListGroupProjects(s.group, opt, gitlab.WithContext(ctx))
				if err != nil {
					return nil, 0, apiFault(ctx, s.name, s.url, s.cfg, m, err)
				}
				return projects, resp.NextPage, nil
			},
			repository: s.repository,
		}
		list.since(parseActivity(since), yield)
	}
}

// Cursor is where the next listing may stop, when this one began with that activity.
func (s *gitlabSource) Cursor(latest time.Time) Cursor { return activityCursor(latest) }

func (s *gitlabSource) repository(p *gitlab.Project) Repository {
	r := Repository{
		URL: p.WebURL, Clone: p.HTTPURLToRepo, Name: p.Path, Description: p.Description, Archived: p.Archived,
		Fork: p.ForkedFromProject != nil, Topics: p.Topics, Source: s.name,
	}
	if i := strings.LastIndexByte(p.PathWithNamespace, '/'); i > 0 {
		r.Owner = p.PathWithNamespace[:i]
	}
	if len(r.Topics) == 0 {
		r.Topics = p.TagList // before GitLab 14
	}
	if p.LastActivityAt != nil {
		r.PushedAt = *p.LastActivityAt
	}
	return r
}

// githubSource lists the public repositories of an organisation.
type githubSource struct {
	name, url, organisation, token string
	cfg                            Config
}

// Repositories lists the organisation.
func (s *githubSource) Repositories(ctx context.Context, since Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		g, m := listingGuard(s.cfg)
		client, address, err := s.client(g)
		if err != nil {
			yield(Repository{}, &ListError{s.name, err})
			return
		}
		opt := &github.RepositoryListByOrgOptions{Type: "public", Sort: "pushed", Direction: "desc",
			ListOptions: github.ListOptions{PerPage: perPage}}
		list := listing[*github.Repository]{
			source: s.name,
			page: func(n int) ([]*github.Repository, int, error) {
				opt.Page = n
				repositories, resp, err := client.Repositories.ListByOrg(ctx, s.organisation, opt)
				if err != nil {
					return nil, 0, apiFault(ctx, s.name, address, s.cfg, m, err)
				}
				return repositories, resp.NextPage, nil
			},
			repository: s.repository,
		}
		list.since(parseActivity(since), yield)
	}
}

// client makes the API client. The token goes to the API's own host only, wherever it may redirect us.
func (s *githubSource) client(g guard) (client *github.Client, address string, err error) {
	address = "https://api.github.com"
	enterprise := s.url != "" && s.url != "https://github.com" && s.url != address
	if enterprise {
		address = s.url
	}
	if u, err := url.Parse(address); err == nil && s.token != "" {
		g.authorise = func(r *http.Request) {
			if r.URL.Host == u.Host {
				r.Header.Set("Authorization", "Bearer "+s.token)
			}
		}
	}
	client = github.NewClient(g.client())
	if enterprise {
		client, err = client.WithEnterpriseURLs(address, address)
	}
	return client, address, err
}

// Cursor is where the next listing may stop, when this one began with that activity.
func (s *githubSource) Cursor(latest time.Time) Cursor { return activityCursor(latest) }

func (s *githubSource) repository(p *github.Repository) Repository {
	return Repository{
		URL: p.GetHTMLURL(), Clone: p.GetCloneURL(), Name: p.GetName(), Owner: p.GetOwner().GetLogin(),
		Description: p.GetDescription(), Homepage: p.GetHomepage(), Archived: p.GetArchived(), Fork: p.GetFork(),
		Topics: p.Topics, PushedAt: p.GetPushedAt().Time, Source: s.name,
	}
}

// apiFault names what a forge's API answered.
func apiFault(ctx context.Context, source, address string, cfg Config, m *meter, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cfg.MaxBytes = cfg.MaxPage // the limit that is told
	err = httpFault(ctx, address, m, err)
	var limit *github.RateLimitError
	if errors.As(err, &limit) {
		err = &FetchError{URL: address, Reason: ReasonServer, Detail: "429", Err: limit}
	}
	return &ListError{source, classify(ctx, address, cfg, err)}
}
