// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package operations

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"communs/crawler"
	"communs/crawler/polite"
)

// What is told to everybody leaves out the names of what is nobody's business: folders of this machine, servers of a private network, and
// sources that the operator calls private. Their figures stay. Reasons are words of a closed list, never a server's message.

// Open is the report as everybody may read it.
func (rep *Report) Open() *Report {
	open := *rep
	open.Sources, open.Hosts, open.Needs = slices.Clone(rep.Sources), slices.Clone(rep.Hosts), slices.Clone(rep.Needs)
	for i := range open.Sources {
		if s := &open.Sources[i]; s.Internal {
			s.Name = ""
		}
	}
	for i := range open.Hosts {
		if h := &open.Hosts[i]; h.Internal {
			h.Host = ""
		}
	}
	for i := range open.Needs {
		if n := &open.Needs[i]; n.Internal {
			n.Source, n.Host = "", ""
		}
	}
	return &open
}

// mark says of each host whether its name may be told.
func (r *Reader) mark(hosts []Host) {
	private := map[string]bool{}
	for _, sc := range r.Sources {
		if internal(sc) {
			for _, address := range append([]string{sc.URL}, prefixed(sc.Hosts)...) {
				if u, err := url.Parse(address); err == nil && u.Host != "" {
					private[polite.Host(u)] = true
				}
			}
		}
	}
	for i := range hosts {
		hosts[i].Internal = private[hosts[i].Host] || internalHost(hosts[i].Host)
	}
}

func prefixed(hosts []string) []string {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		list[i] = "https://" + h
	}
	return list
}

// internal reports whether a source's name is kept from others.
func internal(sc crawler.SourceConfig) bool {
	if sc.Private || sc.Path != "" || len(sc.Hosts) > 0 || strings.HasPrefix(sc.URL, "http://") {
		return true
	}
	u, err := url.Parse(sc.URL)
	return err != nil || u.Host != "" && internalHost(polite.Host(u)) || u.User != nil
}

// internalName is the same of a source that does not stand in the configuration: it is called by its address, its folder or its kind.
func internalName(name string) bool {
	if slices.Contains(crawler.Kinds(), name) {
		return false
	}
	first, _, _ := strings.Cut(name, " ")
	u, err := url.Parse(first)
	return err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || internalHost(polite.Host(u))
}

// internalHost reports whether a host's name tells that it is of a private network: an address that is not public, a name without a
// dot, or one below a domain that is kept for such networks.
func internalHost(host string) bool {
	u := url.URL{Host: host}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(name); err == nil {
		return polite.CheckAddr(ip) != nil
	}
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return true
	}
	switch name[i+1:] {
	case "internal", "intranet", "interne", "local", "localdomain", "localhost", "lan", "home", "corp", "private", "prive", "arpa", "test", "invalid", "onion":
		return true
	}
	return false
}

// asksOthers reports whether a source is on somebody else's server.
func asksOthers(sc crawler.SourceConfig) bool { return sc.Path == "" && sc.Kind != crawler.KindBuild }
