// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// TestPatienceWhileAPackIsPutTogether: a server may be silent for longer before a pack begins than in its midst, its signs of life count, and
// nothing of that lets it go on drop by drop.
func TestPatienceWhileAPackIsPutTogether(t *testing.T) {
	const idle, first = 300 * time.Millisecond, 3 * time.Second
	commit, pack := repositoryOf(treeOf(treeEntry{name: "a", mode: modeFile, hash: hashObject(typeBlob, []byte("a"))}), wholeEntry(typeBlob, []byte("a")))
	wait := func(r *http.Request, d time.Duration) {
		select {
		case <-r.Context().Done():
		case <-time.After(d):
		}
	}
	flush := func(w http.ResponseWriter, text string) {
		io.WriteString(w, text)
		w.(http.Flusher).Flush()
	}
	band := func(channel byte, data string) string { return pkt(string(channel) + data) }
	drops := func(w http.ResponseWriter, r *http.Request, every time.Duration) {
		for i := range pack {
			flush(w, string(pack[i:i+1]))
			wait(r, every)
			if r.Context().Err() != nil {
				return
			}
		}
	}
	for name, tc := range map[string]struct {
		post   http.HandlerFunc
		reason Reason // none: it is mirrored
		detail string
		rate   int64
	}{
		"silent before its headers": {post: func(w http.ResponseWriter, r *http.Request) {
			wait(r, 3*idle)
			io.WriteString(w, "0008NAK\n")
			w.Write(pack)
		}},
		"silent after its first word": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			wait(r, 3*idle)
			w.Write(pack)
		}},
		"silent for ever before its headers": {post: func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, reason: ReasonSilent, detail: "900ms"},
		"silent for ever after its first word": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			<-r.Context().Done()
		}, reason: ReasonSilent, detail: "900ms"},
		"silent in the midst of its pack": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n"+string(pack[:20]))
			<-r.Context().Done()
		}, reason: ReasonSilent, detail: "300ms"},
		"drop by drop": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			drops(w, r, 20*time.Millisecond)
		}, reason: ReasonSlow, detail: "1000", rate: 1000},
		"drop by drop, but fast enough": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			drops(w, r, 8*time.Millisecond)
		}, rate: 10},
		"signs of life": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			for range 6 {
				wait(r, idle/2)
				flush(w, band(1, "")) // as git sends them
				flush(w, band(2, "Counting objects\n"))
			}
			io.WriteString(w, band(1, string(pack))+"0000")
		}},
		"signs of life without end": {post: func(w http.ResponseWriter, r *http.Request) {
			flush(w, "0008NAK\n")
			for r.Context().Err() == nil {
				wait(r, idle/3)
				flush(w, band(1, ""))
			}
		}, reason: ReasonDeadline, detail: "3s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newGitServer(t)
			s.answer(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					caps := " ofs-delta side-band-64k symref=HEAD:refs/heads/main"
					if !(name == "signs of life" || name == "signs of life without end") {
						caps = " ofs-delta symref=HEAD:refs/heads/main"
					}
					head := commit.String()
					sendList(w, pkt("# service=git-upload-pack\n")+"0000"+pkt(head+" HEAD\x00"+caps+"\n")+pkt(head+" refs/heads/main\n")+"0000")
					return
				}
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
				tc.post(w, r)
			})
			c := openCrawler(t, t.TempDir(), func(cfg *Config) {
				cfg.Idle, cfg.FirstByte, cfg.Timeout, cfg.Rate = idle, first, 20*time.Second, max(1, tc.rate)
				if tc.detail == "900ms" {
					cfg.FirstByte = 900 * time.Millisecond
				}
				if tc.reason == ReasonDeadline {
					cfg.Timeout = 3 * time.Second
				}
			})
			e := crawlOne(t, c, gitSource(s.URL+"/tool.git"))
			var fault *FetchError
			switch {
			case tc.reason == "" && e.Kind != New:
				t.Errorf("%s: %v", e.Kind, e.Err)
			case tc.reason != "" && (!errors.As(e.Err, &fault) || fault.Reason != tc.reason || fault.Detail != tc.detail):
				t.Errorf("%s: %v, want %s after %s", e.Kind, e.Err, tc.reason, tc.detail)
			}
		})
	}
}
