// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/opendata"
)

// foundItem is what the place of a software in a list rests on. In the answer it stands in one object with the software's record.
type foundItem struct {
	Score      float64       `json:"score"`
	Libre      string        `json:"libre"`
	Activity   find.Activity `json:"activity"`
	LastChange string        `json:"last_change,omitempty"`
	Uses       int           `json:"uses"`
}

// writtenRecords are records of one state of the catalogue as JSON: the same few are part of many answers, and writing them was a third of the
// work of one.
type writtenRecords struct {
	of *registry.Catalogue
	by sync.Map // []byte by id of the software
}

// software is the JSON object of a software's record, as [opendata.Item] gives it.
func (w *writtenRecords) software(id string) ([]byte, error) {
	if item, ok := w.by.Load(id); ok {
		return item.([]byte), nil
	}
	e, ok := w.of.Entry(registry.KindSoftware, id)
	if !ok {
		return nil, nil
	}
	item, err := asJSON(opendata.NewItem(e))
	if err == nil {
		w.by.Store(id, item)
	}
	return item, err
}

// asJSON is a value as answers of the API hold it.
func asJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write the answer as JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// softwareItems is the answer with a page of software: {"total", "next", "items": [record and what its place rests on], "anywhere"}. anywhere,
// how many there are without the filter on places, is left out where that is not set.
func (s *Server) softwareItems(c *registry.Catalogue, found *find.Page, hits []find.Hit, next string) (*response, error) {
	w := s.written.Load()
	if w == nil || w.of != c {
		w = &writtenRecords{of: c}
		s.written.Store(w)
	}
	quoted, err := asJSON(next)
	if err != nil {
		return nil, err
	}
	room := s.room()
	b := append((*room)[:0], `{"total":`...)
	b = append(append(append(strconv.AppendInt(b, int64(found.Total), 10), `,"next":`...), quoted...), `,"items":[`...)
	first := true
	for _, h := range hits {
		item, err := w.software(h.ID)
		if err != nil {
			return nil, err
		}
		if item == nil {
			continue
		}
		place, err := asJSON(foundItem{h.Score, h.Libre, h.Activity, h.Changed, h.Uses})
		if err != nil {
			return nil, err
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, item[:len(item)-1]...), ','), place[1:]...)
	}
	b = append(b, ']')
	if found.Anywhere != 0 {
		b = strconv.AppendInt(append(b, `,"anywhere":`...), int64(found.Anywhere), 10)
	}
	*room = append(b, "}\n"...)
	return &response{status: http.StatusOK, kind: jsonType, body: *room, room: room}, nil
}
