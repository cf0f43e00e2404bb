// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zlib"
)

// packEntry is an entry of a pack that no git would write: a header, and what is said to be a zlib stream.
type packEntry struct{ header, stream []byte }

// wholeEntry is an object as it should be.
func wholeEntry(typ objectType, data []byte) packEntry {
	return packEntry{entryHeader(typ, int64(len(data))), deflate(data)}
}

// onto is a delta on a named object.
func onto(base Hash, delta []byte) packEntry {
	return packEntry{append(entryHeader(typeRefDelta, int64(len(delta))), base[:]...), deflate(delta)}
}

// copies makes a delta that makes n copies of the beginning of its base, which has at most 16 MB less one byte.
func copies(base, begin, n int) []byte {
	size := func(v int) (b []byte) {
		for ; v >= 0x80; v >>= 7 {
			b = append(b, byte(v)|0x80)
		}
		return append(b, byte(v))
	}
	d := append(size(base), size(begin*n)...)
	for range n {
		d = append(d, 0x80|0x70, byte(begin), byte(begin>>8), byte(begin>>16))
	}
	return d
}

// hostilePack puts entries into a pack with the right checksum, and says that there are count of them.
func hostilePack(count uint32, entries ...packEntry) []byte {
	b := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), count)
	for _, e := range entries {
		b = append(append(b, e.header...), e.stream...)
	}
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

func treeOf(entries ...treeEntry) []byte {
	var b []byte
	for _, e := range entries {
		b = append(append(fmt.Appendf(b, "%o %s", e.mode, e.name), 0), e.hash[:]...)
	}
	return b
}

func commitOf(tree Hash) []byte {
	return []byte("tree " + tree.String() + "\nauthor A <a@example.org> 1700000000 +0000\ncommitter A <a@example.org> 1700000000 +0000\n\nx\n")
}

// repositoryOf is a pack with a commit of that tree, and what else is given.
func repositoryOf(tree []byte, others ...packEntry) (commit Hash, pack []byte) {
	root := hashObject(typeTree, tree)
	text := commitOf(root)
	entries := append([]packEntry{wholeEntry(typeCommit, text), wholeEntry(typeTree, tree)}, others...)
	return hashObject(typeCommit, text), hostilePack(uint32(len(entries)), entries...)
}

func pkt(text string) string { return fmt.Sprintf("%04x%s", len(text)+4, text) }

const someHash = "1111111111111111111111111111111111111111"

// hostileList is a list of references with HEAD at a commit.
func hostileList(commit, symref string, names ...string) string {
	text := pkt("# service=git-upload-pack\n") + "0000" + pkt(commit+" HEAD\x00 ofs-delta symref=HEAD:"+symref+"\n")
	for _, name := range names {
		text += pkt(commit + " " + name + "\n")
	}
	return text + "0000"
}

func sendList(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
	io.WriteString(w, text)
}

// serving answers with a commit and what post sends for a pack.
func serving(commit string, post http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			sendList(w, hostileList(commit, "refs/heads/main", "refs/heads/main"))
			return
		}
		w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
		post(w, r)
	}
}

// sending sends a pack, as it is.
func sending(pack []byte) http.HandlerFunc {
	return serving(someHash, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "0008NAK\n")
		w.Write(pack)
	})
}

// holding sends a whole repository whose commit has that tree.
func holding(tree []byte, others ...packEntry) http.HandlerFunc {
	commit, pack := repositoryOf(tree, others...)
	return serving(commit.String(), func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "0008NAK\n")
		w.Write(pack)
	})
}

// zeros is a zlib stream of that many.
func zeros(n int64) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	io.CopyN(z, zeroReader{}, n)
	z.Close()
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// deepTree is a tree within a tree, and so on.
func deepTree(depth int) (root []byte, others []packEntry) {
	empty := hashObject(typeBlob, nil)
	tree := treeOf(treeEntry{"f", modeFile, empty})
	others = append(others, wholeEntry(typeBlob, nil))
	for range depth - 1 {
		others = append(others, wholeEntry(typeTree, tree))
		tree = treeOf(treeEntry{"d", modeTree, hashObject(typeTree, tree)})
	}
	return tree, others
}

// doublingTree names the tree below it twice, and so on: few trees, many paths.
func doublingTree(depth int) (root []byte, others []packEntry) {
	tree := treeOf(treeEntry{"f", modeFile, hashObject(typeBlob, nil)})
	others = append(others, wholeEntry(typeBlob, nil))
	for range depth {
		others = append(others, wholeEntry(typeTree, tree))
		below := hashObject(typeTree, tree)
		tree = treeOf(treeEntry{"a", modeTree, below}, treeEntry{"b", modeTree, below})
	}
	return tree, others
}

func wideTree(n int) []byte {
	var b []byte
	h := hashObject(typeBlob, nil)
	for i := range n {
		b = append(append(append(b, "100644 "...), strconv.Itoa(1_000_000+i)...), 0)
		b = append(b, h[:]...)
	}
	return b
}

// endless sends the same bytes until nobody listens.
func endless(head string, more []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, err := io.WriteString(w, head); err == nil && r.Context().Err() == nil; {
			_, err = w.Write(more)
		}
	}
}

// drip sends a byte at a time.
func drip(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := range text {
			if _, err := io.WriteString(w, text[i:i+1]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

func redirecting(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to+"/tool.git/info/refs?"+r.URL.RawQuery, http.StatusFound)
	}
}

// hostile are servers that mean harm, and what a crawl says of each; nothing when what came can be kept.
func hostile() []struct {
	name   string
	answer http.HandlerFunc
	reason Reason
} {
	line := pkt(someHash + " refs/heads/aaaa\n")
	list := func(symref string, names ...string) http.HandlerFunc {
		commit, pack := repositoryOf(treeOf(treeEntry{"f", modeFile, hashObject(typeBlob, nil)}), wholeEntry(typeBlob, nil))
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				sendList(w, hostileList(commit.String(), symref, names...))
				return
			}
			w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
			io.WriteString(w, "0008NAK\n"+string(pack))
		}
	}
	head := "0008NAK\nPACK\x00\x00\x00\x02\x00\x00\xff\xff"
	noise := deflate([]byte("noise"))
	megabyte := make([]byte, 1<<20)
	large := make([]byte, 15<<20)
	below, above := hashObject(typeBlob, large), hashObject(typeBlob, make([]byte, 16*len(large)))
	inflated := []packEntry{wholeEntry(typeBlob, large), onto(below, copies(len(large), len(large), 16)), onto(above, []byte{0x80, 0x80, 0x80, 0x78, 1, 1, 'x'})}
	deep, deeper := deepTree(100_000)
	double, doubles := doublingTree(60)
	return []struct {
		name   string
		answer http.HandlerFunc
		reason Reason
	}{
		{"a pack of 2^32-1 objects", sending(hostilePack(1<<32-1, wholeEntry(typeBlob, nil))), ReasonObjects},
		{"fewer objects than announced", sending(hostilePack(9, wholeEntry(typeBlob, nil))), ReasonBroken},
		{"a bomb in zlib", sending(hostilePack(1, packEntry{entryHeader(typeBlob, 100), zeros(1 << 30)})), ReasonBroken},
		{"a bomb that says so", sending(hostilePack(1, packEntry{entryHeader(typeBlob, 8<<30), zeros(1 << 20)})), ReasonFile},
		{"a bomb of deltas", sending(hostilePack(4, append(inflated, onto(above, copies(16*len(large), len(large), 16)))...)), ReasonMemory},
		{"deltas that make much of little", sending(hostilePack(4, append(inflated, onto(below, copies(len(large), len(large), 15)))...)), ReasonBroken},
		{"a delta of a file that is too large", sending(hostilePack(2, wholeEntry(typeBlob, large), onto(below, copies(len(large), len(large), 40)))), ReasonFile},
		{"a header without an end", sending(hostilePack(1, packEntry{bytes.Repeat([]byte{0xff}, 100), noise})), ReasonBroken},
		{"endless references", func(w http.ResponseWriter, r *http.Request) {
			sendList(w, "")
			endless(strings.TrimSuffix(hostileList(someHash, "refs/heads/main"), "0000"), []byte(strings.Repeat(line, 1000)))(w, r)
		}, ReasonReferences},
		{"endless references in gzip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			sendList(w, "")
			z := gzip.NewWriter(w)
			defer z.Close()
			io.WriteString(z, strings.TrimSuffix(hostileList(someHash, "refs/heads/main"), "0000"))
			for range 100_000 {
				if _, err := io.WriteString(z, strings.Repeat(line, 100)); err != nil {
					return
				}
			}
		}, ReasonReferences},
		{"a list that is one line without an end", func(w http.ResponseWriter, r *http.Request) {
			sendList(w, "")
			endless("ffff", megabyte)(w, r)
		}, ReasonBroken},
		{"an endless pack", serving(someHash, endless(head, bytes.Repeat(append(entryHeader(typeBlob, 5), noise...), 1000))), ReasonTooBig},
		{"a slow drip", serving(someHash, drip(head+strings.Repeat("x", 10_000))), ReasonDeadline},
		{"a slow drip of references", func(w http.ResponseWriter, r *http.Request) {
			sendList(w, "")
			drip(strings.Repeat(line, 1000))(w, r)
		}, ReasonDeadline},
		{"a truncated pack", sending(hostilePack(1, wholeEntry(typeBlob, megabyte))[:500]), ReasonBroken},
		{"a length that is not right", serving(someHash, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000000")
			io.WriteString(w, head)
		}), ReasonBroken},
		{"HTML", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>Sign in</html>")
		}, ReasonNotGit},
		{"a redirect in a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) }, ReasonRedirect},
		{"a redirect to this machine", redirecting("http://127.0.0.1:9"), ReasonAddress},
		{"a redirect to this machine by its name", redirecting("https://localhost"), ReasonAddress},
		{"a redirect to this machine in IPv6", redirecting("https://[::ffff:127.0.0.1]"), ReasonAddress},
		{"a redirect to a private network", redirecting("https://10.1.2.3"), ReasonAddress},
		{"a redirect to the cloud's own address", redirecting("http://169.254.169.254"), ReasonAddress},
		{"a reference that climbs", list("refs/heads/../../../x", "refs/heads/../../../x"), ""},
		{"a reference with a zero byte", list("refs/heads/a\x00b", "refs/heads/a\x00b"), ""},
		{"a very long reference", list("refs/heads/"+strings.Repeat("x", 20_000), "refs/heads/"+strings.Repeat("x", 20_000)), ""},
		{"references that differ in case", list("refs/heads/Main", "refs/heads/Main", "refs/heads/main", "refs/heads/MAIN"), ""},
		{"a tree 100,000 deep", holding(deep, deeper...), ReasonDepth},
		{"a tree of a million entries", holding(wideTree(1_000_000), wholeEntry(typeBlob, nil)), ReasonEntries},
		{"2^60 files", holding(double, doubles...), ReasonFiles},
		{"a path of 100 kB", holding(treeOf(treeEntry{strings.Repeat("n", 100_000), modeFile, hashObject(typeBlob, nil)}), wholeEntry(typeBlob, nil)), ReasonPath},
		{".git in a tree", holding(treeOf(treeEntry{".Git", modeTree, hashObject(typeTree, nil)}), wholeEntry(typeTree, nil)), ReasonName},
		{"a name that climbs", holding(treeOf(treeEntry{"..", modeTree, hashObject(typeTree, nil)}), wholeEntry(typeTree, nil)), ReasonName},
		{"a file that is not there", holding(treeOf(treeEntry{"f", modeFile, hashObject(typeBlob, []byte("elsewhere"))})), ReasonBroken},
		{"another commit than was listed", sending(hostilePack(1, wholeEntry(typeBlob, nil))), ReasonBroken},
	}
}

func TestServersThatMeanHarm(t *testing.T) {
	if raceDetector {
		t.Skip("the detector needs more memory than these children may have")
	}
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	other, elsewhere := s.create(t, "zzz.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) {
		cfg.Jobs = 1
		cfg.MaxBytes = 64 << 20
		cfg.Limits = Limits{Memory: 384 << 20, References: 20_000, File: 512 << 20}
	})
	if e := crawlOne(t, c, gitSource(address)); e.Kind != New {
		t.Fatalf("%+v", e)
	}
	patient := c.cfg
	for i, tc := range hostile() {
		t.Run(tc.name, func(t *testing.T) {
			commitFiles(t, elsewhere, "a", fmt.Sprint(i))
			runGit(t, elsewhere, "push", "-q", "origin", "main")
			s.answerFor("/tool.git/", tc.answer)
			defer s.answerFor("/tool.git/", nil)
			if tc.reason == ReasonDeadline {
				c.cfg.Timeout = time.Second
			}
			if tc.reason == ReasonTooBig {
				c.cfg.MaxBytes = 4 << 20
			}
			defer func() { c.cfg = patient }()
			peak := watchChildren(t)
			began := time.Now()
			events, err := crawlAll(c, gitSource(address), gitSource(other))
			took, most := time.Since(began), peak()
			if err != nil || len(events) != 2 {
				t.Fatalf("%v, %v", events, err)
			}
			var fault *FetchError
			errors.As(events[0].Err, &fault)
			switch {
			case tc.reason == "" && events[0].Err != nil:
				t.Errorf("%v", events[0].Err)
			case tc.reason != "" && (fault == nil || fault.Reason != tc.reason || fault.URL != address):
				t.Errorf("told as %v, want %s", events[0].Err, tc.reason)
			}
			if tc.reason == ReasonAddress || tc.reason == ReasonRedirect { // people are told where it led, in their words
				_, args := fault.Message()
				_, sentence := args[1].(messenger)
				if where := fmt.Sprint(args[1]); sentence != (tc.reason == ReasonAddress) || !sentence && !strings.HasPrefix(where, s.URL) {
					t.Errorf("the cause is told as %#v", args[1])
				}
			}
			if k := events[1].Kind; k != New && k != Changed {
				t.Errorf("the next repository: %s, %v", k, events[1].Err)
			}
			if took > 20*time.Second || most > 450<<20 {
				t.Errorf("it took %v, and a child %d MB", took, most>>20)
			}
			t.Logf("%v, %d MB, %v", took.Round(time.Millisecond), most>>20, events[0].Err)
			if files := contents(t, c, address); tc.reason != "" && files["a"] != "1" {
				t.Errorf("what was mirrored before is lost: %v", files)
			}
			leavesNothing(t, c)
		})
		if tc.reason == "" { // back to what is known
			c.cfg = patient
			if e := crawlOne(t, c, gitSource(address)); e.Err != nil {
				t.Fatal(e.Err)
			}
			fsck(t, c, address)
		}
	}
}

// leavesNothing makes sure that neither a process nor a file stays of what went wrong.
func leavesNothing(t *testing.T, c *Crawler) {
	t.Helper()
	if _, err := os.Lstat(c.staging()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a staging folder is left: %v", err)
	}
	if pids := childPIDs(); len(pids) > 0 {
		t.Errorf("processes are left: %v", pids)
	}
}
