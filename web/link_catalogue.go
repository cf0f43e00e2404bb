// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"maps"
	"net/url"
)

// Addresses of the catalogue's pages. Ids are made of lower-case letters, digits and "-", but what is not is escaped all the same.

func (l linker) needs() string { return l.with(routes[l.lang].needs, nil) }

func (l linker) need(id string) string { return l.with(routes[l.lang].needs+"/"+escape(id), nil) }

// allSoftware leads to the list of software, narrowed down by the parameters.
func (l linker) allSoftware(v url.Values) string { return l.with(routes[l.lang].software, v) }

func (l linker) software(id string) string {
	return l.with(routes[l.lang].software+"/"+escape(id), nil)
}

// compare leads to the software side by side.
func (l linker) compare(ids ...string) string {
	return l.with(routes[l.lang].compare, url.Values{"logiciel": ids})
}

func (l linker) selections() string { return l.with("/selections", nil) }

func (l linker) selection(id string) string { return l.with("/selections/"+escape(id), nil) }

// providers leads to the list of organisations, narrowed down by the parameters.
func (l linker) providers(v url.Values) string { return l.with(routes[l.lang].providers, v) }

func (l linker) provider(id string) string {
	return l.with(routes[l.lang].providers+"/"+escape(id), nil)
}

// requests leads to the list of requests, narrowed down by the parameters.
func (l linker) requests(v url.Values) string { return l.with(routes[l.lang].requests, v) }

func (l linker) oneRequest(id string) string {
	return l.with(routes[l.lang].requests+"/"+escape(id), nil)
}

// observatory leads to the figures, or with a chart's id to its CSV, narrowed down by the parameters.
func (l linker) observatory(chart string, v url.Values) string {
	path := routes[l.lang].observatory
	if chart != "" {
		path += "/" + escape(chart) + ".csv"
	}
	return l.with(path, maps.Clone(v))
}
