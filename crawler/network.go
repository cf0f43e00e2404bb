// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"communs/crawler/polite"
)

// network is how the crawler goes out: politely, and to private addresses only where the operator's own words lead.
type network struct {
	*polite.Transport

	mu    sync.Mutex
	hosts map[string]map[string]bool // by source: those that the operator wrote
	hear  func(polite.Event)         // the crawl that runs; nil between two
}

// newNetwork makes the network for a configuration that has its defaults.
func newNetwork(cfg Config) *network {
	n := &network{hosts: map[string]map[string]bool{}}
	for _, sc := range cfg.Sources {
		n.learnSource(sc)
	}
	p := cfg.Polite
	p.UserAgent, p.Trusted, p.Report = cfg.UserAgent, n.trusted, n.report
	if p.Base == nil && cfg.Client != nil {
		p.Base = cfg.Client.Transport
	}
	if p.Proxy == nil {
		p.Proxy = http.ProxyFromEnvironment
	}
	n.Transport = polite.New(p)
	return n
}

// learnSource notes what the operator wrote of a source.
func (n *network) learnSource(sc SourceConfig) {
	if sc.Told {
		return
	}
	n.learn(sc.name(), sc.URL)
	for _, host := range sc.Hosts {
		n.learn(sc.name(), "https://"+host)
	}
}

// learn notes an address that the operator wrote for a source.
func (n *network) learn(source, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hosts[source] == nil {
		n.hosts[source] = map[string]bool{}
	}
	n.hosts[source][polite.Host(u)] = true
}

// trusted reports whether the operator wrote a host.
func (n *network) trusted(host string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, hosts := range n.hosts {
		if hosts[host] {
			return true
		}
	}
	return false
}

// towards marks a context for a repository: unless it stands where the operator wrote its source, a remote has told its address, and
// no trust that the operator gave to another source goes to it. A source without a name is called by its address.
func (n *network) towards(ctx context.Context, r Repository) context.Context {
	if n.open(r) {
		return ctx
	}
	return polite.Remote(ctx)
}

// open reports whether a repository stands where the operator wrote its source.
func (n *network) open(r Repository) bool {
	n.learn(r.Source, r.Source)
	u, err := url.Parse(r.address())
	n.mu.Lock()
	defer n.mu.Unlock()
	return err == nil && n.hosts[r.Source][polite.Host(u)]
}

// listen has a crawl hear of hosts until it calls the function that it gets.
func (n *network) listen(hear func(polite.Event)) (stop func()) {
	n.mu.Lock()
	n.hear = hear
	n.mu.Unlock()
	return func() { n.listen(nil) }
}

func (n *network) report(e polite.Event) {
	n.mu.Lock()
	hear := n.hear
	n.mu.Unlock()
	if hear != nil {
		hear(e)
	}
}

// Network is what everything that this crawler asks for goes through: others who ask the same hosts take their turns there too.
func (c *Crawler) Network() *polite.Transport { return c.cfg.network.Transport }
