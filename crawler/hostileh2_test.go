// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"communs/crawler/polite"
)

// speakingH2 is one connection of a server that speaks HTTP/2 frame by frame.
type speakingH2 struct {
	*http2.Framer
	out     *bufio.Writer
	streams chan uint32 // of requests, as they come
	packed  bytes.Buffer
	hpack   *hpack.Encoder
}

// header packs a header block.
func (s *speakingH2) header(pairs ...string) []byte {
	s.packed.Reset()
	for i := 0; i < len(pairs); i += 2 {
		s.hpack.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return bytes.Clone(s.packed.Bytes())
}

// answers begins an answer of 200.
func (s *speakingH2) answers(stream uint32, end bool) {
	s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, EndHeaders: true, EndStream: end,
		BlockFragment: s.header(":status", "200", "content-type", "application/x-git-upload-pack-advertisement")})
}

// forEver says the same again and again, until nobody listens.
func (s *speakingH2) forEver(say func() error) {
	for {
		for range 100 {
			if say() != nil {
				return
			}
		}
		if s.out.Flush() != nil {
			return
		}
	}
}

// h2Server accepts connections over TLS, says hello, and has speak go on when the first request has come. It gives the certificate to be trusted.
func h2Server(t *testing.T, speak func(*speakingH2, uint32)) (address string, authority []byte, connections, open *atomic.Int32) {
	t.Helper()
	borrowed := httptest.NewUnstartedServer(nil)
	borrowed.StartTLS()
	certificate := borrowed.TLS.Certificates[0]
	borrowed.Close()
	connections, open = &atomic.Int32{}, &atomic.Int32{}
	address = rawServer(t, func(plain net.Conn) {
		connections.Add(1)
		open.Add(1)
		defer open.Add(-1)
		conn := tls.Server(plain, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
		defer conn.Close()
		if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		out := bufio.NewWriterSize(conn, 64<<10)
		s := &speakingH2{Framer: http2.NewFramer(out, conn), out: out, streams: make(chan uint32, 100)}
		s.hpack = hpack.NewEncoder(&s.packed)
		s.AllowIllegalWrites = true
		go func() {
			defer close(s.streams)
			for {
				f, err := s.ReadFrame()
				if err != nil {
					return
				}
				if h, ok := f.(*http2.HeadersFrame); ok {
					select {
					case s.streams <- h.StreamID:
					default:
					}
				}
			}
		}()
		s.WriteSettings()
		out.Flush()
		if stream, ok := <-s.streams; ok {
			speak(s, stream)
			out.Flush()
			for range s.streams { // until the client goes away
			}
		}
	})
	return "https://" + address, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), connections, open
}

// floods are what a server can do to its client with the frames of HTTP/2.
func floods() map[string]func(*speakingH2, uint32) {
	long := strings.Repeat("a", 4000)
	return map[string]func(*speakingH2, uint32){
		"headers that go on for ever": func(s *speakingH2, stream uint32) {
			s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: s.header(":status", "200")})
			s.forEver(func() error { return s.WriteContinuation(stream, false, s.header("x-more", long)) })
		},
		"continuations that hold nothing": func(s *speakingH2, stream uint32) {
			s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: s.header(":status", "200")})
			s.forEver(func() error { return s.WriteContinuation(stream, false, nil) })
		},
		"a bomb of headers": func(s *speakingH2, stream uint32) { // one that is in the table, named a million times
			block := s.header(":status", "200", "x-bomb", long)
			block = append(block, bytes.Repeat([]byte{0x80 | 62}, 1_000_000)...)
			for first := true; len(block) > 0; first = false {
				part := block[:min(len(block), 16<<10)]
				if block = block[len(part):]; first {
					s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: part})
				} else {
					s.WriteContinuation(stream, len(block) == 0, part)
				}
			}
		},
		"interim answers for ever": func(s *speakingH2, stream uint32) {
			s.forEver(func() error {
				return s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, EndHeaders: true, BlockFragment: s.header(":status", "103", "x-more", long)})
			})
		},
		"settings for ever": func(s *speakingH2, _ uint32) {
			s.forEver(func() error { return s.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 1 << 31}) })
		},
		"pings for ever": func(s *speakingH2, _ uint32) { s.forEver(func() error { return s.WritePing(false, [8]byte{1}) }) },
		"unknown frames": func(s *speakingH2, _ uint32) {
			s.forEver(func() error { return s.WriteRawFrame(0xbe, 0, 0, make([]byte, 1000)) })
		},
		"windows that grow": func(s *speakingH2, stream uint32) { s.forEver(func() error { return s.WriteWindowUpdate(stream, 1) }) },
		"data of no bytes": func(s *speakingH2, stream uint32) {
			s.answers(stream, false)
			s.forEver(func() error { return s.WriteData(stream, false, nil) })
		},
		"data that is padding": func(s *speakingH2, stream uint32) {
			s.answers(stream, false)
			s.forEver(func() error { return s.WriteDataPadded(stream, false, nil, make([]byte, 255)) })
		},
		"data beyond the window": func(s *speakingH2, stream uint32) {
			s.answers(stream, false)
			s.forEver(func() error { return s.WriteData(stream, false, make([]byte, 16<<10)) })
		},
		"promises for ever": func(s *speakingH2, stream uint32) {
			id := uint32(0)
			s.forEver(func() error {
				id += 2
				return s.WritePushPromise(http2.PushPromiseParam{StreamID: stream, PromiseID: id, EndHeaders: true, BlockFragment: s.header(":method", "GET")})
			})
		},
		"each request is reset": func(s *speakingH2, stream uint32) {
			for ok := true; ok; stream, ok = <-s.streams {
				s.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
				s.out.Flush()
			}
		},
		"resets for ever": func(s *speakingH2, stream uint32) {
			s.answers(stream, false)
			s.forEver(func() error { return s.WriteRSTStream(stream, http2.ErrCodeCancel) })
		},
		"always to go away": func(s *speakingH2, _ uint32) { s.WriteGoAway(0, http2.ErrCodeNo, nil) },
		"to go away at once": func(s *speakingH2, stream uint32) {
			s.forEver(func() error { return s.WriteGoAway(stream, http2.ErrCodeEnhanceYourCalm, []byte(long)) })
		},
		"a frame too large": func(s *speakingH2, stream uint32) { s.WriteRawFrame(http2.FrameData, 0, stream, make([]byte, 1<<20)) },
	}
}

// TestFloodsOfHTTP2 come from a git server, to a process of its own, and from a forge, to this one: both tell it by name in bounded time and memory,
// and the source after it is crawled.
func TestFloodsOfHTTP2(t *testing.T) {
	if raceDetector {
		t.Skip("the detector needs more memory than these children may have")
	}
	good := t.TempDir()
	runGit(t, good, "init", "-q", "-b", "main")
	commitFiles(t, good, "a", "1")
	for name, flood := range floods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, authority, connections, open := h2Server(t, flood)
			trusted := filepath.Join(t.TempDir(), "authority.pem")
			must(t, os.WriteFile(trusted, authority, 0o600))
			roots := tls.Config{RootCAs: poolOf(t, authority)}
			base := http.DefaultTransport.(*http.Transport).Clone()
			base.TLSClientConfig, base.MaxResponseHeaderBytes = &roots, 128<<10 // as in crawler/polite
			base.IdleConnTimeout = 2 * time.Second                              // sooner than there: one may come about when the crawl has just ended
			c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) {
				cfg.Jobs, cfg.Idle, cfg.Timeout, cfg.Limits = 1, 500*time.Millisecond, 5*time.Second, Limits{Memory: 256 << 20}
				cfg.Worker.Env = append(cfg.Worker.Env, "SSL_CERT_FILE="+trusted)
				cfg.Client, cfg.Polite = &http.Client{Transport: base}, polite.Config{Retries: -1}
			})
			began := time.Now()
			sum, err := c.Crawl(t.Context(), []SourceConfig{
				gitSource(address + "/tool.git"), {Name: "forge", Kind: KindGitea, URL: address}, {Name: "good", Kind: KindGit, Path: good},
			}, nil)
			if err != nil || sum.New != 1 || len(sum.Failures) != 2 {
				t.Fatalf("%+v, %v", sum, err)
			}
			for _, failure := range sum.Failures {
				var fault *FetchError
				if !errors.As(failure.Err, &fault) || fault.Reason == ReasonCrash || fault.Reason == ReasonMemory || Why(failure.Err) == WhyOther {
					t.Errorf("told as %v", failure.Err)
				}
				t.Log(failure.Err)
			}
			// How often one that always says to go away is dialled anew hangs on how fast it does: its silence ends it.
			if took := time.Since(began); took > 15*time.Second || connections.Load() < 2 || connections.Load() > 1000 {
				t.Errorf("it took %v and %d connections", took, connections.Load())
			}
			for wait := time.Now(); open.Load() > 0; time.Sleep(10 * time.Millisecond) { // what a server goes on sending, nobody reads
				if time.Since(wait) > 10*time.Second {
					t.Fatal("a connection stays open")
				}
			}
			var now runtime.MemStats
			if runtime.ReadMemStats(&now); now.HeapAlloc > 256<<20 {
				t.Errorf("%d MB are held", now.HeapAlloc>>20)
			}
			if left, err := os.ReadDir(c.staging()); err == nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func poolOf(t *testing.T, authority []byte) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		t.Fatal("no certificate")
	}
	return pool
}
