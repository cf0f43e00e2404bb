// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Command is how a child is started: a program and its arguments. Nothing secret may stand in them, nor in the environment:
// both can be read by others on the machine. What the child must know is sent to it.
type Command struct {
	Path string
	Name string // that it is told it was called by
	Args []string
	Env  []string // NAME=value
}

// Self is the program that is running, with other arguments.
func Self(args ...string) (Command, error) {
	path := "/proc/self/exe" // the very same file, also when another one has been put in its place meanwhile
	if runtime.GOOS != "linux" {
		var err error
		if path, err = os.Executable(); err != nil {
			return Command{}, err
		}
	}
	return Command{Path: path, Name: filepath.Base(os.Args[0]), Args: args}, nil
}

// Process is a child that was started.
type Process struct {
	cmd  *exec.Cmd
	in   *os.File // its standard input, our end
	out  *os.File // its standard output, our end
	read *bufio.Reader
	said beginning
	done chan struct{}

	resident, mapped atomic.Int64 // the most bytes of memory that it was seen to take, and to have asked for
}

// Start starts a child.
func Start(c Command) (*Process, error) {
	p := &Process{done: make(chan struct{})}
	itsIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer itsIn.Close()
	out, itsOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer itsOut.Close()
	p.in, p.out, p.read = in, out, bufio.NewReaderSize(out, 16<<10)
	p.cmd = exec.Command(c.Path, c.Args...)
	if c.Name != "" {
		p.cmd.Args[0] = c.Name
	}
	p.cmd.Env = append([]string{}, c.Env...) // not nil, which would mean all of ours
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = itsIn, itsOut, &p.said
	p.said.first = p.Look // a child speaks there when it is about to end, and then its memory is gone
	p.cmd.WaitDelay = time.Second
	bind(p.cmd)
	started := make(chan error)
	go func() {
		// The kernel ends the child when the thread that started it ends: this one stays until the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.cmd.Wait() // what came of it stands in its state
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	return p, nil
}

// ID is the number of the process.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Send sends a message.
func (p *Process) Send(v any) error { return Write(p.in, v) }

// Receive waits for a message. It fails when the child ends or is killed.
func (p *Process) Receive(v any) error { return Read(p.read, v) }

// Alive reports whether the child runs, or is stopped.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Look notes how much memory the child takes, where the system tells. What the system counts of a process that has ended holds its
// parent's memory too, so that only a look at the living one says anything.
func (p *Process) Look() {
	resident, mapped := sizes(p.ID())
	if p.Alive() {
		p.resident.Store(max(resident, p.resident.Load()))
		p.mapped.Store(max(mapped, p.mapped.Load()))
	}
}

// Exceeds looks, and reports whether the child was ever seen to take more memory than it may.
func (p *Process) Exceeds(l Limits) bool {
	p.Look()
	return l.exceeded(p.resident.Load(), p.mapped.Load())
}

// Kill ends the child at once; Wait tells what came of it.
func (p *Process) Kill() { p.cmd.Process.Kill() }

// Dismiss closes the child's input, at which it ends by itself. One that does not within the patience is killed.
func (p *Process) Dismiss(patience time.Duration) Ending {
	p.in.Close()
	timer := time.AfterFunc(patience, p.Kill)
	defer timer.Stop()
	return p.Wait()
}

// Ending is how a child ended.
type Ending struct {
	Code   int    // exit code; -1 when a signal ended it
	Status string // the same for people: "exit status 2", "signal: killed"
	Said   string // the beginning of what it wrote on its standard error
	CPU    time.Duration
	Memory int64 // bytes of memory that it took, at the least; 0 when nobody has seen it
	Mapped int64 // that it had asked for, whether it used them or not
}

// Wait waits until the child has ended, and closes the pipes.
func (p *Process) Wait() Ending {
	<-p.done
	p.in.Close()
	p.out.Close()
	s := p.cmd.ProcessState
	return Ending{s.ExitCode(), s.String(), p.said.text(), s.UserTime() + s.SystemTime(), p.resident.Load(), p.mapped.Load()}
}

// beginning keeps what is written first: a program that crashes says why before it shows where.
type beginning struct {
	first func() // called once, when something is written
	once  sync.Once
	mu    sync.Mutex
	kept  []byte
}

func (b *beginning) Write(p []byte) (int, error) {
	b.once.Do(b.first)
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := 8<<10 - len(b.kept); room > 0 {
		b.kept = append(b.kept, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (b *beginning) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.ToValidUTF8(string(b.kept), "�")
}
