// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// A folder without git becomes a commit of its own: its files as git would hold them, the time of the newest file, no
// parent, nobody as the author. The same files give the same commit everywhere. Empty folders leave no trace, as in
// git; symbolic links are kept as such and never followed; what is named .git is left out.

// node is a file or folder on its way into a tree.
type node struct {
	name string
	path string // below the root, slash-separated
	mode uint32
	size int64
	kids []*node
	hash Hash
	left string // why it is left out
}

// folderScan mirrors one folder.
type folderScan struct {
	crawler *Crawler
	task    *task
	root    string
	held    *objects
	newest  time.Time
	files   []*node
	omitted []Omitted
	w       *packWriter // made when the first new object turns up
	read    int64
	mu      sync.Mutex
	claimed map[Hash]bool // contents that are, or are being, taken care of

	pointers atomic.Bool // contents came that begin as a pointer of LFS does
}

// stageFolder reads a folder once: each file is hashed, and what the mirror lacks is compressed, on all processors.
func (c *Crawler) stageFolder(ctx context.Context, t *task) (*staged, error) {
	fi, err := os.Stat(t.repo.Path)
	if err == nil && !fi.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return nil, pathError(t.repo.URL, err)
	}
	if t.repo.Version != "" && t.record.commit != "" && t.record.Version == t.repo.Version && t.record.Path == t.repo.Path {
		return &staged{unchanged: true}, nil // a version of a module never changes
	}
	held, err := c.held(t)
	if err != nil {
		return nil, err
	}
	defer held.close()
	f := &folderScan{crawler: c, task: t, root: t.repo.Path, held: held, claimed: map[Hash]bool{}}
	root := &node{mode: modeTree}
	if err := f.walk(ctx, root); err != nil {
		return nil, pathError(t.repo.URL, err)
	}
	s, err := f.run(ctx, root)
	if err != nil && f.w != nil {
		f.w.abort()
	}
	return s, err
}

func (f *folderScan) run(ctx context.Context, root *node) (*staged, error) {
	if err := f.contents(ctx); err != nil {
		return nil, err
	}
	tree, err := f.tree(root)
	if err != nil {
		return nil, err
	}
	s := &staged{full: f.task.record.commit == "", descends: true, branch: "refs/heads/main", omitted: f.omitted}
	if tree.IsZero() {
		return &staged{empty: true, omitted: f.omitted}, nil
	}
	if tree.String() == f.task.record.tree && f.task.record.commit != "" && f.w == nil {
		return &staged{unchanged: true, omitted: f.omitted}, nil
	}
	when := f.newest
	if !f.task.repo.PushedAt.IsZero() && f.task.repo.Version != "" {
		when = f.task.repo.PushedAt
	}
	what := f.task.repo.URL
	if f.task.repo.Version != "" {
		what += "@" + f.task.repo.Version
	}
	text := fmt.Sprintf("tree %s\nauthor Communs <> %d +0000\ncommitter Communs <> %d +0000\n\nSnapshot of %s\n",
		tree, when.Unix(), when.Unix(), what)
	if s.commit, err = f.put(typeCommit, []byte(text)); err != nil {
		return nil, err
	}
	s.pointers = f.pointers.Load()
	if f.w != nil {
		s.base, err = f.w.finish()
	}
	return s, err
}

// walk lists a folder and everything below it, in git's order.
func (f *folderScan) walk(ctx context.Context, dir *node) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	list, err := os.ReadDir(filepath.Join(f.root, filepath.FromSlash(dir.path)))
	if err != nil {
		if dir.path == "" || !errors.Is(err, os.ErrPermission) {
			return err
		}
		f.omit(OmitUnreadable, dir.path)
		return nil
	}
	for _, e := range list {
		if e.Name() == ".git" {
			continue
		}
		n := &node{name: e.Name(), path: e.Name()}
		if dir.path != "" {
			n.path = dir.path + "/" + n.name
		}
		fi, err := e.Info()
		if err != nil {
			f.omit(OmitChanged, n.path)
			continue
		}
		switch kind := fi.Mode().Type(); {
		case kind == os.ModeDir:
			n.mode = modeTree
		case kind == os.ModeSymlink:
			n.mode = modeLink
		case kind != 0:
			f.omit(OmitSpecial, n.path)
			continue
		case fi.Mode().Perm()&0o100 != 0:
			n.mode = modeExec
		default:
			n.mode = modeFile
		}
		if n.size = fi.Size(); n.mode != modeTree && fi.ModTime().After(f.newest) {
			f.newest = fi.ModTime()
		}
		dir.kids = append(dir.kids, n)
	}
	sort.Slice(dir.kids, func(i, j int) bool { return dir.kids[i].sortName() < dir.kids[j].sortName() })
	for _, n := range dir.kids {
		if n.mode != modeTree {
			f.files = append(f.files, n)
		} else if err := f.walk(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// sortName is the name by which git orders the entries of a tree.
func (n *node) sortName() string {
	if n.mode == modeTree {
		return n.name + "/"
	}
	return n.name
}

func (f *folderScan) omit(reason, path string) {
	f.omitted = addOmitted(f.omitted, Omitted{reason, 1, path})
}

// work is one file between being read and being written.
type work struct {
	node   *node
	stream []byte // compressed content to write; nil when the mirror has it
	size   int64
	big    bool // too large to hold: it is read again when its turn comes
	err    error
	done   chan struct{}
}

// contents reads all files on several processors and writes what is new in the order of their paths, so that equal
// folders give equal packs and a reader goes straight through them.
func (f *folderScan) contents(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	pending, ordered := make(chan *work), make(chan *work, 4*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for w := range pending {
				f.load(w)
				close(w.done)
			}
		})
	}
	wg.Go(func() {
		defer close(pending)
		defer close(ordered)
		for _, n := range f.files {
			w := &work{node: n, done: make(chan struct{})}
			select {
			case ordered <- w:
			case <-ctx.Done():
				return
			}
			pending <- w // a worker always takes it
		}
	})
	defer wg.Wait()
	defer func() {
		cancel()
		for range ordered {
		}
	}()
	for w := range ordered {
		<-w.done
		if err := f.store(w); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// load reads, hashes and compresses one file.
func (f *folderScan) load(w *work) {
	name := filepath.Join(f.root, filepath.FromSlash(w.node.path))
	if w.node.mode == modeLink {
		target, err := os.Readlink(name)
		w.err = err
		f.prepare(w, []byte(filepath.ToSlash(target)))
		return
	}
	file, err := os.Open(name)
	if err != nil {
		w.err = err
		return
	}
	defer file.Close()
	fi, err := file.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = errChanged
	}
	if w.err = err; err != nil {
		return
	}
	w.size = fi.Size()
	if w.size > streamFrom {
		w.big = true
		sum := newObjectHash(typeBlob, w.size)
		n, err := io.Copy(sum, io.LimitReader(file, w.size+1))
		if err == nil && n != w.size {
			err = errChanged
		}
		w.node.hash, w.err = Hash(sum.Sum(nil)), err
		return
	}
	data := make([]byte, w.size)
	if _, err := io.ReadFull(file, data); err != nil {
		w.err = errChanged
		return
	}
	f.prepare(w, data)
}

// prepare hashes and, when it is new, compresses a content.
func (f *folderScan) prepare(w *work, data []byte) {
	w.size = int64(len(data))
	w.node.hash = hashObject(typeBlob, data)
	if f.claim(w.node.hash) {
		w.stream = deflate(data)
		if beginsAsPointer(data, w.size) {
			f.pointers.Store(true)
		}
	}
}

// claim reports whether a content has to be written, and by the caller.
func (f *folderScan) claim(h Hash) bool {
	if f.task.look || f.task.withdrawn[h] || f.held.has(h) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.claimed[h] {
		return false
	}
	f.claimed[h] = true
	return true
}

// store writes one content into the pack.
func (f *folderScan) store(w *work) error {
	f.read += w.size
	f.task.read(f.read)
	if w.err == nil && w.big && f.claim(w.node.hash) {
		w.err = f.storeBig(w)
	} else if w.err == nil && w.stream != nil {
		if err := f.writer(); err != nil {
			return err
		}
		return f.w.add(w.node.hash, typeBlob, w.size, w.stream)
	}
	switch {
	case w.err == nil:
		return nil
	case errors.Is(w.err, errChanged), errors.Is(w.err, os.ErrNotExist):
		w.node.left = OmitChanged
	case errors.As(w.err, new(*os.PathError)) && !diskError(w.err):
		w.node.left = OmitUnreadable
	default:
		return w.err
	}
	f.omit(w.node.left, w.node.path)
	return nil
}

func (f *folderScan) storeBig(w *work) error {
	if err := f.writer(); err != nil {
		return err
	}
	file, err := os.Open(filepath.Join(f.root, filepath.FromSlash(w.node.path)))
	if err != nil {
		return err
	}
	defer file.Close()
	return f.w.stream(w.node.hash, w.size, file)
}

// writer makes the pack when it is first needed.
func (f *folderScan) writer() error {
	if f.w != nil {
		return nil
	}
	dir, err := f.task.staging()
	if err != nil {
		return err
	}
	f.w, err = newPackWriter(f.crawler.cfg.Disk, dir)
	return err
}

// tree writes the trees of a folder, the inner ones first; a zero hash when nothing is in it.
func (f *folderScan) tree(n *node) (Hash, error) {
	var data []byte
	for _, k := range n.kids {
		if k.left != "" {
			continue
		}
		if k.mode == modeTree {
			var err error
			if k.hash, err = f.tree(k); err != nil {
				return Hash{}, err
			}
			if k.hash.IsZero() {
				continue
			}
		}
		data = append(fmt.Appendf(data, "%o %s\x00", k.mode, k.name), k.hash[:]...)
	}
	if data == nil {
		return Hash{}, nil
	}
	return f.put(typeTree, data)
}

// put writes a tree or a commit, unless it is there.
func (f *folderScan) put(t objectType, data []byte) (Hash, error) {
	h := hashObject(t, data)
	if f.task.look || f.held.has(h) {
		return h, nil
	}
	if err := f.writer(); err != nil {
		return h, err
	}
	return h, f.w.add(h, t, int64(len(data)), deflate(data))
}
