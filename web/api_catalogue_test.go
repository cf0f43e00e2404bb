// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"communs/registry/commons"
	"communs/registry/governance"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/registry/descriptors"
	"communs/registry/opendata"
	"communs/registry/registrytest"
)

// answer is a page of records, as programs read it.
type answer struct {
	Total int    `json:"total"`
	Next  string `json:"next"`
	Items []struct {
		Kind    string          `json:"kind"`
		ID      string          `json:"id"`
		Licence string          `json:"record_licence"`
		Record  json.RawMessage `json:"record"`
	} `json:"items"`
}

func ask(t *testing.T, h http.Handler, path string, into any) {
	t.Helper()
	w := get(h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d: %s", path, w.Code, w.Body.String())
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestAPIPages reads every list page by page: each record once, as many as are announced, and each of them alone as well.
func TestAPIPages(t *testing.T) {
	h := baseServer(t)
	for _, path := range []string{"software?n=7", "software?need=visioconference&n=3", "software?q=visio&n=2&sort=name", "needs?n=5", "organisations?n=10",
		"organisations?region=75&n=2", "offers?n=20", "offers?software=jitsi-meet&n=1", "uses", "selections?n=3", "requests", "software?n=0"} {
		seen, after, total := map[string]bool{}, "", -1
		kind, _, _ := strings.Cut(path, "?")
		for {
			var page answer
			address := "/api/v1/" + path
			if after != "" {
				address += "&after=" + after
			}
			ask(t, h, address, &page)
			if total >= 0 && page.Total != total {
				t.Fatalf("%s: the total changes from %d to %d", path, total, page.Total)
			}
			total = page.Total
			for _, item := range page.Items {
				if seen[item.ID] || item.Licence == "" || !strings.Contains(string(item.Record), `"sources":[{`) {
					t.Errorf("%s: %s is there twice, or without licence or source", path, item.ID)
				}
				seen[item.ID] = true
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if len(seen) != total {
			t.Errorf("%s: %d of %d records", path, len(seen), total)
		}
		for id := range seen {
			var one struct{ ID string }
			if ask(t, h, "/api/v1/"+kind+"/"+id, &one); one.ID != id {
				t.Errorf("%s is %s", id, one.ID)
			}
			break
		}
	}
	// A cursor of another page size, or of another state of the catalogue, goes on after the same software.
	var all, first, rest answer
	ask(t, h, "/api/v1/software?n=0", &all)
	ask(t, h, "/api/v1/software?n=7", &first)
	for _, after := range []string{first.Next, "3.99." + first.Items[6].ID} {
		if ask(t, h, "/api/v1/software?n=4&after="+after, &rest); len(rest.Items) != 4 || rest.Items[0].ID != all.Items[7].ID || rest.Items[3].ID != all.Items[10].ID {
			t.Errorf("after %s: %d items", after, len(rest.Items))
		}
	}
	for path, code := range map[string]int{"software?libre=peut-etre": 400, "software?after=7.99.nothing": 400, "software?after=-7.0.x": 400, "software?after=nothing": 400, "needs?n=x": 400, "software/nothing": 404, "repositories/x": 404,
		"dumps/none.jsonl": 404, "need": 404, "dumps/..%2Fx": 404} {
		if w := get(h, "/api/v1/"+path); w.Code != code || !strings.Contains(w.Body.String(), `"error":`) {
			t.Errorf("%s: %d, want %d: %s", path, w.Code, code, w.Body.String())
		}
	}
}

func TestDumpsOverHTTP(t *testing.T) {
	h := baseServer(t)
	var list dumpList
	ask(t, h, "/api/v1/dumps", &list)
	if len(list.Dumps) < 8 {
		t.Fatalf("%d dumps", len(list.Dumps))
	}
	for _, d := range list.Dumps {
		w := get(h, d.Address)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != d.Format.Type() {
			t.Errorf("%s: %d %s", d.Address, w.Code, w.Header().Get("Content-Type"))
		}
		n := strings.Count(w.Body.String(), "\n")
		if d.Format == opendata.CSV {
			rows, err := csv.NewReader(w.Body).ReadAll()
			if n = len(rows) - 1; err != nil {
				t.Error(err)
			}
		}
		if n != d.Records {
			t.Errorf("%s: %d of %d records", d.Name, n, d.Records)
		}
		if z := get(h, d.Address, "Accept-Encoding", "gzip"); z.Header().Get("Content-Encoding") != "gzip" || z.Body.Len() == 0 {
			t.Errorf("%s is not compressed", d.Name)
		}
	}
	var dcat map[string]any
	if ask(t, h, "/api/v1/dcat.jsonld", &dcat); dcat["@type"] != "dcat:Catalog" {
		t.Errorf("%v", dcat["@type"])
	}
}

func TestFilesOfASoftware(t *testing.T) {
	h := baseServer(t)
	for path, kind := range map[string]string{
		"/logiciels/jitsi-meet/publiccode.yml": "application/yaml", "/software/jitsi-meet/codemeta.json": "application/ld+json", "/logiciels/jitsi-meet/badge.svg": "image/svg+xml",
		"/logiciels/jitsi-meet/badge.svg?quoi=activite": "image/svg+xml", "/logiciels/jitsi-meet/badge.svg?quoi=catalogue": "image/svg+xml",
		"/flux/tout.atom": "application/atom+xml", "/feeds/software/jitsi-meet.atom": "application/atom+xml", "/flux/besoins/visioconference.atom?lang=en": "application/atom+xml",
	} {
		w := get(h, path)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if anywhere := w.Header().Get("Cross-Origin-Resource-Policy") == "cross-origin"; anywhere != strings.Contains(path, "badge") {
			t.Errorf("%s: pages of others may show it: %t", path, anywhere)
		}
		body := w.Body.String()
		switch {
		case strings.HasSuffix(kind, "+xml"):
			if err := xml.Unmarshal([]byte(body), new(struct{ XMLName xml.Name })); err != nil || strings.Contains(body, "opendata.") {
				t.Errorf("%s: %v", path, err)
			}
		case strings.Contains(path, "publiccode"):
			if doc, err := (descriptors.Reader{}).Read(descriptors.Publiccode, strings.NewReader(body)); err != nil || doc.Software.Name != "Jitsi Meet" || !strings.HasPrefix(body, "# ") {
				t.Errorf("%v: %s", err, body)
			}
		}
	}
	for path, code := range map[string]int{"/logiciels/jitsi-meet/other": 404, "/logiciels/none/badge.svg": 404, "/logiciels/jitsi-meet/badge.svg?quoi=x": 400, "/flux/besoins/none.atom": 404,
		"/flux/x": 404, "/flux/usages/x.atom": 404, "/flux": 404} {
		if w := get(h, path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
}

// TestPagesDescribeThemselves: the pages of software and organisations hold their description, and lead to their feeds.
func TestPagesDescribeThemselves(t *testing.T) {
	h := baseServer(t)
	var page answer
	ask(t, h, "/api/v1/organisations?n=1", &page)
	for path, kind := range map[string]string{"/logiciels/jitsi-meet": "SoftwareApplication", "/prestataires/" + page.Items[0].ID: "Organization"} {
		doc, err := html.Parse(strings.NewReader(get(h, path).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		var described map[string]any
		var kinds []string
		walk(doc, func(n *html.Node) {
			if n.Data == "script" {
				if err := json.Unmarshal([]byte(textOf(n)), &described); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			if rel, _ := attr(n, "rel"); n.Data == "link" && rel == "alternate" {
				if href, _ := attr(n, "href"); href != "" {
					if kind, ok := attr(n, "type"); ok {
						kinds = append(kinds, kind)
						if w := get(h, href); w.Code != http.StatusOK {
							t.Errorf("%s leads to %s: %d", path, href, w.Code)
						}
					}
				}
			}
		})
		if described["@context"] != "https://schema.org" || described["name"] == "" || !strings.Contains(strings.Join(kinds, " "), atomType) {
			t.Errorf("%s: %v, not %s, %v", path, described, kind, kinds)
		}
	}
}

// TestOpenAPI holds the description to what is served: each address answers as it says, and each reference leads somewhere.
func TestOpenAPI(t *testing.T) {
	h, v := baseServer(t), newTown(t, string(governance.Default()))
	if _, err := v.commons.Propose(t.Context(), operator, commons.Motion{Kind: governance.Resolution, Title: "Mai", Text: "Le 12."}); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID         string `json:"operationId"`
			Parameters []struct {
				Ref, Name, In string
			}
			Responses map[string]struct{ Content map[string]any }
			Security  []map[string][]string
		}
		Components map[string]map[string]any
	}
	w := get(h, "/api/v1/openapi.json")
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%v %q", err, doc.OpenAPI)
	}
	for _, part := range strings.Split(w.Body.String(), `"$ref": "#/components/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		group, one, _ := strings.Cut(name, "/")
		if doc.Components[group][one] == nil {
			t.Errorf("nothing is called %s", name)
		}
	}
	docs, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for path, methods := range doc.Paths {
		for method, one := range methods {
			if ids = append(ids, one.ID); method != "get" || strings.Contains(path, "blocks") || strings.HasSuffix(path, "/search") {
				continue // the fake index knows none
			}
			address, h := path, h
			switch {
			case slices.Contains([]string{"decisions", "rules", "members", "log"}, strings.Split(path+"///", "/")[3]):
				h, address = v.h, strings.Replace(path, "{number}", "1", 1)
			case strings.Contains(path, "{id}"):
				address = strings.Replace(path, "{id}", existing(t, h, path), 1)
			case strings.Contains(path, "{address}"):
				address = strings.Replace(path, "{address}", repositoryPath(newFake().repos[0].info.URL), 1)
			case strings.Contains(path, "{name}"):
				address = strings.Replace(path, "{name}", "software.CC0-1.0.csv", 1)
			}
			if address = strings.TrimSuffix(address, ".atom"); strings.HasSuffix(address, "/") {
				continue // the catalogue that comes along has none of this kind
			} else if strings.HasSuffix(path, ".atom") {
				address += ".atom"
			}
			w := get(h, address)
			kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
			if _, told := one.Responses["401"]; one.Security != nil {
				if w.Code == http.StatusOK || !told {
					t.Errorf("%s: %d without the key that it asks for", address, w.Code)
				}
			} else if _, said := one.Responses["200"].Content[kind]; w.Code != http.StatusOK || !said {
				t.Errorf("%s: %d as %s, not %v", address, w.Code, kind, one.Responses["200"].Content)
			}
			if top, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/v1/"), "/"); !strings.Contains(string(docs), top) {
				t.Errorf("docs/api.md does not name %s", path)
			}
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("an operationId stands twice: %v", ids)
	}
}

// existing is the id of the first record that a path may lead to; empty when there is none.
func existing(t *testing.T, h http.Handler, path string) string {
	lists := map[string]string{"/logiciels/": "software", "/flux/besoins/": "needs", "/flux/logiciels/": "software", "/flux/prestataires/": "organisations", "/flux/demandes/": "requests"}
	list := strings.TrimSuffix(strings.TrimPrefix(path, "/api/v1/"), "/{id}")
	for prefix, name := range lists {
		if strings.HasPrefix(path, prefix) {
			list = name
		}
	}
	var page answer
	ask(t, h, "/api/v1/"+list+"?n=1", &page)
	if len(page.Items) == 0 {
		return ""
	}
	return page.Items[0].ID
}

// BenchmarkAPIOfTheCatalogue asks of two thousand software, twenty at once, and gives the time that 95 of 100 stay below.
func BenchmarkAPIOfTheCatalogue(b *testing.B) {
	h := newServer(b, newFake(), withCatalogue(b, registrytest.Generate(registrytest.Full())))
	for _, path := range []string{"/api/v1/software?n=50", "/api/v1/software?q=agenda&libre=yes", "/api/v1/organisations", "/api/v1/software/logiciel-7", "/flux/tout.atom",
		"/logiciels/logiciel-7/publiccode.yml", "/logiciels/logiciel-7/badge.svg"} {
		b.Run(strings.TrimPrefix(path, "/"), func(b *testing.B) {
			var mu sync.Mutex
			var took []time.Duration
			next := make(chan string)
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					for path := range next {
						start := time.Now()
						if w := get(h, path); w.Code != http.StatusOK {
							b.Error(path, w.Code)
						}
						mu.Lock()
						took = append(took, time.Since(start))
						mu.Unlock()
					}
				})
			}
			for b.Loop() {
				next <- path
			}
			close(next)
			wg.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}
