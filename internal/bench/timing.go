// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"time"
)

// measure is what was seen of one query.
type measure struct {
	query
	total   int                // blocks that Communs finds
	partial bool               // whether an answer ended early
	ours    float64            // median milliseconds over HTTP
	samples []float64          // milliseconds of each round
	peers   map[string]float64 // median milliseconds of each peer
	files   verdict            // whether the files agree with ripgrep's
}

// measureAll asks every query of everyone, in turn, round after round, so that whatever else the machine does falls
// on all of them alike. The first round only warms up.
func measureAll(ctx context.Context, s *server, peers []peer, queries []query, rounds int) ([]measure, error) {
	list := make([]measure, len(queries))
	samples := make([]map[string][]float64, len(queries))
	for i, q := range queries {
		list[i] = measure{query: q, peers: map[string]float64{}}
		samples[i] = map[string][]float64{}
	}
	for round := range rounds + 1 {
		for i, q := range queries {
			var body []byte
			took, err := timed(func() (err error) { body, err = s.ask(ctx, q.text, 10); return err })
			if err != nil {
				return nil, fmt.Errorf("%s: %w", q.text, err)
			}
			answer, err := readPage(body)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", q.text, err)
			}
			list[i].total, list[i].partial = answer.Total, list[i].partial || answer.Partial
			keep(samples[i], "communs", took, round)
			for _, p := range peers {
				took, err := timed(func() error { _, err := p.files(ctx, q); return err })
				if err != nil {
					return nil, fmt.Errorf("%s: %w", q.text, err)
				}
				keep(samples[i], p.name(), took, round)
			}
		}
	}
	for i := range list {
		list[i].samples = samples[i]["communs"]
		list[i].ours = median(list[i].samples)
		for _, p := range peers {
			list[i].peers[p.name()] = median(samples[i][p.name()])
		}
	}
	return list, nil
}

func keep(samples map[string][]float64, who string, took time.Duration, round int) {
	if round > 0 {
		samples[who] = append(samples[who], float64(took.Microseconds())/1000)
	}
}

func timed(do func() error) (time.Duration, error) {
	start := time.Now()
	err := do()
	return time.Since(start), err
}
