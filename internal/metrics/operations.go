// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package metrics

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/client_golang/prometheus"

	"communs/internal/ledger"
	"communs/internal/operations"
)

// most bounds how many sources, and how many hosts, are told each: those that come first in the report, which are those of the
// configuration, or in trouble.
const most = 100

// Operations registers what a report says. It is read at each scrape.
func (m *Metrics) Operations(read func(context.Context) (*operations.Report, error)) {
	m.registry.MustRegister(&collector{read})
}

// collector turns a report into metrics. Sources and servers come and go, so none is kept from one scrape to the next.
type collector struct {
	read func(context.Context) (*operations.Report, error)
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("communs_"+name, help, labels, nil)
}

var (
	up         = describe("operations_up", "Whether what stands in the data folder could be read.")
	indexFacts = map[string]*prometheus.Desc{
		"generation":   describe("index_generation", "Number of the index that is in service."),
		"repositories": describe("index_repositories", "Repositories in the index."),
		"files":        describe("index_files", "Files in the index."),
		"blocks":       describe("index_blocks", "Blocks in the index."),
		"bytes":        describe("index_text_bytes", "Text in the index."),
		"faults":       describe("index_faults", "Parts of the index that were set aside as damaged."),
	}
	stored      = describe("stored_bytes", "What the data folder weighed after the latest crawl, by what it holds.", "store")
	repos       = describe("repositories", "Repositories by what has become of them.", "state")
	queueLength = describe("queue_repositories", "Repositories that are listed or told by a webhook, and not brought yet.", "queue")
	queueAge    = describe("queue_oldest_age_seconds", "How long the oldest of a queue has been waiting.", "queue")
	needs       = describe("needs", "What asks for somebody's attention, by kind.", "kind")

	runs        = describe("runs_total", "Crawls and updates of the index, by how they ended.", "what", "outcome")
	underway    = describe("runs_underway", "Crawls and updates of the index that go on.", "what")
	runCPU      = describe("runs_cpu_seconds_total", "Processor time of all that ended, children included.", "what")
	runBytes    = describe("runs_received_bytes_total", "Bytes received by all that ended.", "what")
	runRequests = describe("runs_requests_total", "Requests sent by all that ended.", "what")
	success     = describe("run_last_success_timestamp_seconds", "When the latest came to its end: in whole, in part, or with its budget.", "what")

	sourceSeen   = describe("source_last_crawl_timestamp_seconds", "When the latest crawl of a source began.", "source")
	sourceFates  = describe("source_repositories", "Repositories of a source in its latest crawl, by fate.", "source", "fate")
	sourceBytes  = describe("source_received_bytes", "Bytes received in the latest crawl of a source.", "source")
	sourceQueued = describe("source_queued", "Repositories of a source that wait in the queue.", "source")
	sourceBroken = describe("source_listing_failed", "Whether the latest listing of a source failed.", "source")

	hostRequests = describe("host_requests", "Requests sent to a server in the latest crawl.", "host")
	hostBytes    = describe("host_received_bytes", "Bytes received from a server in the latest crawl.", "host")
	hostFaults   = describe("host_faults", "Requests that a server failed at in the latest crawl.", "host")
	hostLimited  = describe("host_limited", "Requests that a server refused as too many in the latest crawl.", "host")
	hostOpen     = describe("host_breaker_open", "Whether a server is left alone after faults in a row.", "host")
)

// Describe says nothing: what there is depends on the report.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads a report and gives what it says.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	rep, err := c.read(ctx)
	if err != nil {
		gauge(up, 0)
		return
	}
	gauge(up, 1)
	kept(rep, gauge)
	works(rep, out, gauge)
	sources(rep, gauge)
	hosts(rep, gauge)
}

type tell func(d *prometheus.Desc, value float64, labels ...string)

// kept tells what the instance keeps, and what waits.
func kept(rep *operations.Report, gauge tell) {
	if x := rep.Index; x != nil {
		for name, value := range map[string]float64{"generation": float64(x.Generation), "repositories": float64(x.Repositories),
			"files": float64(x.Files), "blocks": float64(x.Blocks), "bytes": float64(x.Bytes), "faults": float64(x.Faults)} {
			gauge(indexFacts[name], value)
		}
	}
	if s := rep.Stored; s != nil {
		gauge(stored, float64(s.Mirrors), "mirrors")
		gauge(stored, float64(s.Index), "index")
		gauge(stored, float64(s.Database), "database")
	}
	r := rep.Repositories
	for state, n := range map[string]int{"mirrored": r.Mirrored, "missing": r.Missing, "hidden": r.Hidden, "review": r.Review, "left_out": r.LeftOut,
		"withdrawn": r.Withdrawn} {
		gauge(repos, float64(n), state)
	}
	if a := rep.Archive; a != nil {
		gauge(repos, float64(a.Held), "archived")
	}
	for name, q := range map[string]operations.Queue{"listed": rep.Queue, "hooked": rep.Hooked} {
		gauge(queueLength, float64(q.Length), name)
		age := 0.0
		if q.Oldest != nil {
			age = max(0, rep.Time.Sub(*q.Oldest).Seconds())
		}
		gauge(queueAge, age, name)
	}
	counts := map[string]int{}
	for _, n := range rep.Needs {
		counts[n.Kind]++
	}
	for _, kind := range operations.NeedKinds() {
		gauge(needs, float64(counts[kind]), kind)
	}
}

// works tells of all crawls and updates of the index.
func works(rep *operations.Report, out chan<- prometheus.Metric, gauge tell) {
	counter := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, labels...)
	}
	for _, what := range []string{ledger.Crawl, ledger.Index} {
		var cpu, bytes, requests, goingOn float64
		var latest time.Time
		for _, s := range rep.Sums {
			switch {
			case s.What != what:
				continue
			case s.How == ledger.UnderWay:
				goingOn += float64(s.N)
				continue
			}
			counter(runs, float64(s.N), what, string(s.How))
			cpu, bytes, requests = cpu+s.CPU.Seconds(), bytes+float64(s.Fetched), requests+float64(s.Requests)
			switch s.How {
			case ledger.Done, ledger.InPart, ledger.SpentBytes, ledger.SpentTime:
				if s.Latest.After(latest) {
					latest = s.Latest
				}
			}
		}
		gauge(underway, goingOn, what)
		counter(runCPU, cpu, what)
		if what == ledger.Crawl {
			counter(runBytes, bytes, what)
			counter(runRequests, requests, what)
		}
		if !latest.IsZero() {
			gauge(success, float64(latest.Unix()), what)
		}
	}
}

// sources tells what came of each source's latest crawl.
func sources(rep *operations.Report, gauge tell) {
	told := map[string]bool{}
	for _, s := range rep.Sources {
		name := label(s.Name)
		if told[name] || len(told) == most {
			continue
		}
		told[name] = true
		gauge(sourceQueued, float64(s.Waiting), name)
		if s.Crawled != nil {
			gauge(sourceSeen, float64(s.Crawled.Unix()), name)
		}
		t := s.Last
		if t == nil {
			continue
		}
		for fate, n := range map[string]int{"found": t.Found, "new": t.New, "changed": t.Changed, "unchanged": t.Unchanged, "gone": t.Gone,
			"skipped": t.Skipped, "waiting": t.Waiting, "failed": t.Failed} {
			gauge(sourceFates, float64(n), name, fate)
		}
		gauge(sourceBytes, float64(t.Bytes), name)
		gauge(sourceBroken, truth(t.Broken != ""), name)
	}
}

// hosts tells how it went with the servers of the latest crawl.
func hosts(rep *operations.Report, gauge tell) {
	told := map[string]bool{}
	for _, h := range rep.Hosts {
		name := label(h.Host)
		if told[name] || len(told) == most {
			continue
		}
		told[name] = true
		gauge(hostRequests, float64(h.Requests), name)
		gauge(hostBytes, float64(h.Bytes), name)
		gauge(hostFaults, float64(h.Faults), name)
		gauge(hostLimited, float64(h.Limited), name)
		gauge(hostOpen, truth(h.Resting && !h.NotBefore(rep.Time).IsZero()), name)
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// maxLabel bounds a label: names of servers come from strangers' lists.
const maxLabel = 200

// label is a name as a label: valid, short, and without what cannot be seen.
func label(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
	if len(name) > maxLabel {
		name = strings.ToValidUTF8(name[:maxLabel], "") + "…"
	}
	return name
}
