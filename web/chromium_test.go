// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// browser drives Chromium through its debugging pipe: messages are JSON, each ended by a NUL byte, on descriptors 3 (to
// it) and 4 (from it).
type browser struct {
	t       *testing.T
	in      io.Writer
	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	events  chan message
	session string
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Session   string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
	RawParams json.RawMessage `json:"-"`
}

// startBrowser starts Chromium, or skips the test where there is none.
func startBrowser(t *testing.T) *browser {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--accept-lang=fr",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{inRead, outWrite}
	if err := cmd.Start(); err != nil {
		t.Skipf("chromium does not start: %v", err)
	}
	inRead.Close()
	outWrite.Close()
	b := &browser{t: t, in: inWrite, waiting: map[int]chan message{}, events: make(chan message, 4096)}
	t.Cleanup(func() {
		b.send("", "Browser.close", nil)
		inWrite.Close()
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-done
		}
	})
	go b.read(outRead)
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func (b *browser) read(from io.Reader) {
	r := bufio.NewReader(from)
	for {
		data, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if json.Unmarshal(data[:len(data)-1], &m) != nil {
			continue
		}
		m.RawParams = m.Params
		if m.ID == 0 {
			select {
			case b.events <- m.message:
			default:
			}
			continue
		}
		b.mu.Lock()
		if answer := b.waiting[m.ID]; answer != nil {
			answer <- m.message
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
	}
}

func (b *browser) send(session, method string, params any) chan message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	answer := make(chan message, 1)
	b.waiting[b.next] = answer
	data, err := json.Marshal(message{ID: b.next, Session: session, Method: method, Params: params})
	if err == nil {
		b.in.Write(append(data, 0))
	}
	return answer
}

// call does one thing and waits for its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	select {
	case m := <-b.send(b.session, method, params):
		if m.Error != nil {
			b.t.Fatalf("chromium %s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("chromium %s: %v", method, err)
			}
		}
	case <-time.After(30 * time.Second):
		b.t.Fatalf("chromium %s: no answer in 30 s", method)
	}
}

// visit is what the browser saw of a page.
type visit struct {
	Requests []string
	Errors   []string // what the console says: blocked by the policy, not found
}

// open shows a page at a width, in light or dark.
func (b *browser) open(url string, width int, dark bool) (v visit) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.scheme(dark)
	b.call("Network.setCacheDisabled", map[string]any{"cacheDisabled": true}, nil)
	for len(b.events) > 0 {
		<-b.events
	}
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	deadline := time.After(30 * time.Second)
	for {
		select {
		case m := <-b.events:
			var p struct {
				Request struct{ URL string }
				Entry   struct{ Level, Text, URL string }
			}
			if err := json.Unmarshal(m.RawParams, &p); err != nil {
				continue
			}
			switch m.Method {
			case "Network.requestWillBeSent":
				v.Requests = append(v.Requests, p.Request.URL)
			case "Log.entryAdded":
				v.Errors = append(v.Errors, fmt.Sprint(p.Entry.Level, ": ", p.Entry.Text, " ", p.Entry.URL))
			case "Page.loadEventFired":
				return v
			}
		case <-deadline:
			b.t.Fatalf("%s did not load in 30 s", url)
		}
	}
}

// scheme asks for light or dark colours.
func (b *browser) scheme(dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
}

// eval runs a script in the page, past its policy, as a developer's console does.
func (b *browser) eval(script string, result any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("script: %s", r.ExceptionDetails)
	}
	if err := json.Unmarshal(r.Result.Value, result); err != nil {
		b.t.Fatalf("script: %v in %s", err, r.Result.Value)
	}
}

// shot saves a picture of the whole page.
func (b *browser) shot(file string) {
	b.t.Helper()
	var r struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
