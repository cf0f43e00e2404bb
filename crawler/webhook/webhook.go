// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package webhook reads the messages by which forges tell that something has become of a repository: whether one carries the secret that its
// receiver shares with the forge, and which repository it is about. It believes nothing else that stands in a message.
//
// A message is JSON, sent by POST. GitHub, Gitea, Forgejo and Gogs send the HMAC-SHA256 of its bytes under the secret, in hexadecimal:
// X-Hub-Signature-256 ("sha256=" before it), X-Forgejo-Signature, X-Gitea-Signature, X-Gogs-Signature. GitLab sends the secret itself, in
// X-Gitlab-Token. The kind of event stands in X-…-Event, and for a repository's own life in "action"; GitLab's stands in "event_name" or
// "object_kind". Each delivery has an id, which a repeated one keeps.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Event is what a message tells of a repository.
type Event string

// The events.
const (
	Push   Event = "push"   // to a branch or a tag, which may have been made or deleted
	Create Event = "create" // the repository was made, forked or brought from elsewhere
	Rename Event = "rename" // or handed to somebody else
	Delete Event = "delete"
	Change Event = "change" // archived, opened again, made public or private, described otherwise
)

// Message is what is taken of a message.
type Message struct {
	Event    Event  // empty: it concerns no code
	Delivery string // id of the delivery; empty when there is none
	Address  string // of the repository's page; empty where only its path is told
	Path     string // of the repository on its forge
	OldPath  string // before a rename or a transfer
	Number   int64  // the forge's own number of the repository
	Private  bool   // it is not for everybody
}

// ErrMalformed is a message that cannot be read.
var ErrMalformed = errors.New("the message is not what a forge sends")

// signatures are the headers that carry the HMAC of a message.
func signatures() []string {
	return []string{"X-Hub-Signature-256", "X-Forgejo-Signature", "X-Gitea-Signature", "X-Gogs-Signature"}
}

// Authentic reports whether a message carries the secret. However wrong it is, finding that out takes the same time.
func Authentic(secret string, header http.Header, body []byte) bool {
	if secret == "" {
		return false
	}
	if given := header.Get("X-Gitlab-Token"); given != "" {
		// Hashes are compared, so that not even the length shows.
		a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
		return subtle.ConstantTimeCompare(a[:], b[:]) == 1
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	want, signed := mac.Sum(nil), false
	for _, name := range signatures() {
		given := header.Get(name)
		if given == "" {
			continue
		}
		sum, err := hex.DecodeString(strings.TrimPrefix(given, "sha256="))
		if err != nil || !hmac.Equal(sum, want) {
			return false
		}
		signed = true
	}
	return signed
}

// sent is what is read of a message. What a name stands for is known once a forge's kind is: GitLab's "project" is the others' "repository".
type sent struct {
	Path       string `json:"path_with_namespace"` // of GitLab
	OldPath    string `json:"old_path_with_namespace"`
	ProjectID  int64  `json:"project_id"`
	Visibility string `json:"project_visibility"`
	Project    *struct {
		ID     int64  `json:"id"`
		WebURL string `json:"web_url"`
		Path   string `json:"path_with_namespace"`
		Level  *int   `json:"visibility_level"` // 20 is public
	} `json:"project"`

	Repository *struct { // of the others
		ID       int64  `json:"id"`
		HTMLURL  string `json:"html_url"`
		FullName string `json:"full_name"`
		Private  bool   `json:"private"`
		Internal bool   `json:"internal"`
	} `json:"repository"`
	Changes json.RawMessage `json:"changes"`
}

// Read reads a message. One that concerns no code has no event, and whatever else it says is left aside.
func Read(header http.Header, body []byte) (Message, error) {
	m := Message{Delivery: delivery(header)}
	named := first(header, "X-Forgejo-Event", "X-Gitea-Event", "X-Gogs-Event", "X-GitHub-Event")
	gitlab := header.Get("X-Gitlab-Event") != ""
	if named == "" && !gitlab || !json.Valid(body) {
		return m, ErrMalformed
	}
	var kinds struct {
		EventName string `json:"event_name"`
		Kind      string `json:"object_kind"`
		Action    string `json:"action"`
	}
	// A message of another event may have anything under the names that are read below, so that is asked first.
	if err := json.Unmarshal(body, &kinds); err != nil {
		return m, ErrMalformed
	}
	if gitlab {
		m.Event = gitlabEvent(kinds.EventName, kinds.Kind)
	} else {
		m.Event = otherEvent(named, kinds.Action)
	}
	if m.Event == "" {
		return m, nil
	}
	var s sent
	if err := json.Unmarshal(body, &s); err != nil {
		return m, ErrMalformed
	}
	if gitlab {
		m.gitlab(s)
	} else {
		m.other(s)
	}
	if m.Path == "" && m.Address == "" {
		return m, ErrMalformed
	}
	return m, nil
}

func (m *Message) gitlab(s sent) {
	m.Path, m.OldPath, m.Number = s.Path, s.OldPath, s.ProjectID
	m.Private = s.Visibility != "" && !strings.HasSuffix(s.Visibility, "public")
	if p := s.Project; p != nil {
		m.Address = p.WebURL
		if m.Path == "" {
			m.Path = p.Path
		}
		if m.Number == 0 {
			m.Number = p.ID
		}
		m.Private = m.Private || p.Level != nil && *p.Level < 20
	}
}

func (m *Message) other(s sent) {
	r := s.Repository
	if r == nil {
		return
	}
	m.Address, m.Path, m.Number, m.Private = r.HTMLURL, r.FullName, r.ID, r.Private || r.Internal
	if m.Event != Rename {
		return
	}
	var was struct {
		Repository struct {
			Name struct {
				From string `json:"from"`
			} `json:"name"`
		} `json:"repository"`
		Owner struct {
			From struct {
				User, Organization struct {
					Login string `json:"login"`
				}
			} `json:"from"`
		} `json:"owner"`
	}
	if json.Unmarshal(s.Changes, &was) != nil {
		return // its number tells too
	}
	owner, name, _ := strings.Cut(r.FullName, "/")
	from := was.Owner.From
	switch {
	case was.Repository.Name.From != "":
		m.OldPath = owner + "/" + was.Repository.Name.From
	case from.Organization.Login+from.User.Login != "":
		m.OldPath = from.Organization.Login + from.User.Login + "/" + name
	}
}

func gitlabEvent(name, kind string) Event {
	if name == "" {
		name = kind
	}
	switch name {
	case "push", "tag_push", "repository_update":
		return Push
	case "project_create":
		return Create
	case "project_rename", "project_transfer":
		return Rename
	case "project_destroy":
		return Delete
	case "project_update":
		return Change
	}
	return ""
}

// otherEvent names an event of GitHub, Gitea, Forgejo or Gogs; "create" and "delete" alone are about branches and tags.
func otherEvent(name, action string) Event {
	switch name {
	case "push", "create", "delete":
		return Push
	case "public":
		return Change
	case "repository":
	default:
		return ""
	}
	switch action {
	case "created":
		return Create
	case "deleted":
		return Delete
	case "renamed", "transferred":
		return Rename
	}
	return Change // archived, unarchived, publicized, privatized, edited
}

// maxDelivery is longer than any id of a delivery.
const maxDelivery = 100

func delivery(header http.Header) string {
	id := first(header, "X-GitHub-Delivery", "X-Forgejo-Delivery", "X-Gitea-Delivery", "X-Gogs-Delivery", "Idempotency-Key", "X-Gitlab-Event-UUID")
	if len(id) > maxDelivery {
		return ""
	}
	return id
}

// first is the first of the headers that says something.
func first(header http.Header, names ...string) string {
	for _, name := range names {
		if value := header.Get(name); value != "" {
			return value
		}
	}
	return ""
}
