// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// git:// is git's own protocol (gitprotocol-pack): a connection on which the path is asked for, the references come, and then the pack. It is
// neither encrypted nor does it say who answers, so it is spoken only where the operator's configuration says so. What comes is counted, timed
// and bounded as what comes over HTTP is.

// dialer connects politely, to addresses that it has looked at.
type dialer interface {
	Dial(ctx context.Context, u *url.URL) (net.Conn, error)
}

// daemonPort is where a git daemon listens.
const daemonPort = "9418"

// isDaemon reports whether an address is of a git daemon.
func isDaemon(address string) bool { return strings.HasPrefix(address, "git://") }

// daemon speaks with one.
type daemon struct {
	carrier *carrier
	meter   *meter
	address string
}

var errReadOnly = errors.New("nothing is ever sent to a repository")

func (d *daemon) NewReceivePackSession(*transport.Endpoint, transport.AuthMethod) (transport.ReceivePackSession, error) {
	return nil, errReadOnly
}

func (d *daemon) NewUploadPackSession(*transport.Endpoint, transport.AuthMethod) (transport.UploadPackSession, error) {
	return &daemonSession{daemon: d}, nil
}

// daemonSession is one conversation. A second pack needs a second connection.
type daemonSession struct {
	*daemon
	conn net.Conn
	body *guardedBody
	refs *packp.AdvRefs
	used bool
}

// open connects, asks for the repository, and reads its references.
func (s *daemonSession) open(ctx context.Context) error {
	u, err := url.Parse(s.address)
	if err != nil {
		return err
	}
	out, ok := s.carrier.base.(dialer)
	if !ok {
		return fmt.Errorf("no way to %s", u.Host)
	}
	if s.conn, err = out.Dial(ctx, u); err != nil {
		return s.meter.fail(err)
	}
	s.guard(ctx)
	request := packp.GitProtoRequest{RequestCommand: transport.UploadPackServiceName, Pathname: u.Path, Host: u.Host}
	if err := s.say(request.Encode); err != nil {
		return err
	}
	refs := packp.NewAdvRefs()
	if err := refs.Decode(s.body); err != nil && !errors.Is(err, packp.ErrEmptyAdvRefs) {
		return s.refused(err)
	}
	transport.FilterUnsupportedCapabilities(refs.Capabilities)
	s.refs, s.used = refs, false
	return nil
}

// guard times, counts and bounds what comes.
func (s *daemonSession) guard(ctx context.Context) {
	inner, cancel := context.WithCancelCause(ctx)
	var begun atomic.Bool
	conn, m, idle := s.conn, s.meter, s.carrier.Idle
	context.AfterFunc(inner, func() { conn.Close() })
	b := &guardedBody{rc: conn, ctx: inner, cancel: cancel, left: s.carrier.List, meter: m, lines: &lineCounter{most: s.carrier.Limits.References},
		silence: idle, idle: idle, begun: &begun, rate: s.carrier.Rate, stop: func() bool { return true }}
	b.timer = time.AfterFunc(idle, func() {
		if awaited := m.awaits(b); awaited && !begun.Load() {
			cancel(errUnready)
		} else {
			cancel(errIdle)
		}
	})
	if _, bounded := ctx.Deadline(); !bounded {
		b.stop = time.AfterFunc(maxIdles*idle, func() { cancel(errSlow) }).Stop
	}
	s.body = b
}

// awaits reports whether an answer is to bring a pack.
func (m *meter) awaits(b *guardedBody) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pack == b
}

// say writes what a function encodes.
func (s *daemonSession) say(encode func(io.Writer) error) error {
	var text bytes.Buffer
	err := encode(&text)
	if err == nil {
		err = s.conn.SetWriteDeadline(time.Now().Add(s.carrier.Idle))
	}
	if err == nil {
		_, err = s.conn.Write(text.Bytes())
	}
	return err
}

// refused names what a daemon answers in the place of references.
func (s *daemonSession) refused(err error) error {
	var said *pktline.ErrorLine
	if !errors.As(err, &said) {
		return s.meter.cause(err)
	}
	for _, words := range []string{"not exported", "access denied", "not found", "no such", "does not exist"} {
		if strings.Contains(strings.ToLower(said.Text), words) {
			return &FetchError{URL: s.address, Reason: ReasonNotFound, Err: fmt.Errorf("%w: %s", errMissing, said.Text)}
		}
	}
	return &FetchError{URL: s.address, Reason: ReasonServer, Detail: said.Text}
}

func (s *daemonSession) AdvertisedReferences() (*packp.AdvRefs, error) {
	return s.AdvertisedReferencesContext(context.Background())
}

func (s *daemonSession) AdvertisedReferencesContext(ctx context.Context) (*packp.AdvRefs, error) {
	if s.refs == nil {
		if err := s.open(ctx); err != nil {
			return nil, err
		}
	}
	if s.refs.IsEmpty() {
		return nil, transport.ErrEmptyRemoteRepository
	}
	return s.refs, nil
}

// UploadPack asks for a pack.
func (s *daemonSession) UploadPack(ctx context.Context, req *packp.UploadPackRequest) (*packp.UploadPackResponse, error) {
	if req.IsEmpty() {
		return nil, transport.ErrEmptyUploadPackRequest
	}
	if err := req.Validate(); err != nil {
		return nil, err
	}
	if s.used {
		s.Close()
		if err := s.open(ctx); err != nil {
			return nil, err
		}
	}
	s.used = true
	b := s.body
	b.lines, b.left, b.silence = nil, s.carrier.Bytes-s.meter.bytes.Load(), max(s.carrier.Idle, s.carrier.FirstByte)
	s.meter.mu.Lock()
	s.meter.pack = b
	s.meter.mu.Unlock()
	b.timer.Reset(b.silence)
	err := s.say(func(w io.Writer) error {
		if err := req.UploadRequest.Encode(w); err != nil {
			return err
		}
		if err := req.UploadHaves.Encode(w, false); err != nil {
			return err
		}
		return pktline.NewEncoder(w).EncodeString("done\n")
	})
	if err != nil {
		return nil, s.meter.cause(err)
	}
	answer := packp.NewUploadPackResponse(req)
	if err := answer.Decode(b); err != nil {
		err = s.refused(err)
		if errors.Is(err, syscall.ECONNRESET) { // how it says no to what it cannot give: it hangs up before all was read
			s.meter.mu.Lock()
			s.meter.fault = nil
			s.meter.mu.Unlock()
		}
		return nil, err
	}
	return answer, nil
}

// Close ends the conversation.
func (s *daemonSession) Close() error {
	if s.body == nil {
		return nil
	}
	s.body.Close() // whatever became of it, it is over
	s.body = nil
	return nil
}
