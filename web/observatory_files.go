// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/opendata"
)

// repositoriesCSV is the file that tells of each repository by itself.
const repositoriesCSV = "archive-repositories"

// observatoryCSV answers with all rows of one chart. The names of its columns are the same in both languages, so that a program can read it.
func (s *Server) observatoryCSV(r *request, name string) (*response, error) {
	id, isCSV := strings.CutSuffix(name, ".csv")
	f, _, err := observatoryFilter(r.query)
	if err != nil {
		return nil, err
	}
	c, charts := s.counted(r, f)
	var lines [][]string
	for _, chart := range charts {
		switch {
		case isCSV && chart.ID == id:
			lines = chartLines(r, c, chart)
		case isCSV && id == repositoriesCSV && chart.Of == observatory.OfArchive:
			lines = repositoryLines(chart)
		}
	}
	if lines == nil {
		return nil, errNoPage
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write the figures %s: %w", id, err)
	}
	return &response{status: http.StatusOK, kind: "text/csv; charset=utf-8", lang: string(r.said.Lang), body: b.Bytes()}, nil
}

func chartLines(r *request, c *registry.Catalogue, chart observatory.Chart) [][]string {
	header := []string{string(chart.Of), "name"}
	columns := chart.Columns()
	for _, column := range columns {
		header = append(header, column.Key)
	}
	lines := [][]string{header}
	for _, row := range chart.Rows {
		name, _ := rowName(r, c, chart.Of, row.Key)
		line := []string{opendata.Cell(row.Key), opendata.Cell(plain(name.Text))}
		for _, column := range columns {
			line = append(line, strconv.FormatInt(column.Of(row), 10))
		}
		lines = append(lines, line)
	}
	return lines
}

func repositoryLines(chart observatory.Chart) [][]string {
	lines := [][]string{{"repository", "archived", "asked"}}
	for _, one := range chart.Repositories {
		lines = append(lines, []string{opendata.Cell(one.URL), one.Archived, string(one.Asked)})
	}
	return lines
}

// countedFigures is what the API answers.
type countedFigures struct {
	Counted     string              `json:"counted"` // the day
	Region      string              `json:"region,omitempty"`
	Departement string              `json:"departement,omitempty"`
	From        registry.Date       `json:"from,omitempty"`
	Until       registry.Date       `json:"until,omitempty"`
	Charts      []observatory.Chart `json:"charts"`
}

func (s *Server) apiObservatory(r *request) (*response, error) {
	f, _, err := observatoryFilter(r.query)
	if err != nil {
		return nil, err
	}
	_, charts := s.counted(r, f)
	return jsonResponse(http.StatusOK, countedFigures{s.now().UTC().Format("2006-01-02"), f.Region, f.Departement, f.From, f.Until, charts})
}
