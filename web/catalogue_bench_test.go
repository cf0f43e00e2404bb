// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"communs/registry/registrytest"
)

// BenchmarkPage asks for each kind of page of a catalogue of 2,000 software and 150 organisations, compressed as a browser has it, and gives
// the processor time of one, which does not hang on what else the machine does: of one that is made, and of one that is kept.
func BenchmarkPage(b *testing.B) {
	h := newServer(b, newFake(), withCatalogue(b, registrytest.Generate(registrytest.Full())))
	for _, c := range []struct{ name, path string }{
		{"home", "/"}, {"needs", "/besoins"}, {"need", "/besoins/besoin-0"}, {"list", "/logiciels"}, {"search", "/logiciels?q=partager+agenda"},
		{"facets", "/logiciels?q=agenda&libre=oui&prix=gratuit"}, {"near", "/logiciels?q=agenda&pres=Bordeaux"}, {"api", "/api/v1/software?q=partager+agenda"}, {"software", "/logiciels/logiciel-7"},
		{"compare", "/comparer?logiciel=logiciel-1&logiciel=logiciel-2&logiciel=logiciel-3&logiciel=logiciel-4"}, {"selections", "/selections"},
		{"selection", "/selections/selection-1"}, {"providers", "/prestataires"}, {"helpers", "/prestataires?logiciel=logiciel-1&pres=Bordeaux"},
		{"provider", "/prestataires/structure-0"}, {"requests", "/demandes"}, {"request", "/demandes/demande-1"}, {"observatory", "/observatoire"},
	} {
		for _, made := range []bool{true, false} {
			name := c.name + "/kept"
			if made {
				name = c.name + "/made"
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				before, n := processorTime(b), 0
				for b.Loop() {
					if n++; made {
						h.(*Server).kept.follow(nil, "")
					}
					if w := get(h, c.path, "Accept-Encoding", "gzip"); w.Code != http.StatusOK {
						b.Fatal(c.path, w.Code)
					}
				}
				b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(n), "cpu-ms/op")
			})
		}
	}
}

// processorTime is what this process has taken of the processor.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
