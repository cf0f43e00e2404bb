// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets this test program be started as a child.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && strings.HasPrefix(os.Args[1], "child-") {
		child(os.Args[1])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(how string) {
	var l Limits
	if how != "child-parent" {
		if err := Read(os.Stdin, &l); err != nil {
			os.Exit(0)
		}
		if err := Contain(l); err != nil {
			os.Exit(9)
		}
	}
	switch how {
	case "child-echo":
		for {
			var v any
			if Read(os.Stdin, &v) != nil {
				return
			}
			Write(os.Stdout, v)
		}
	case "child-env":
		Write(os.Stdout, append(os.Environ(), os.Args...))
	case "child-deaf": // it does not end with its input
		Write(os.Stdout, "ready")
		time.Sleep(time.Hour)
	case "child-memory":
		for list := [][]byte{}; ; {
			list = append(list, bytes.Repeat([]byte{1}, 1<<20))
		}
	case "child-cpu":
		for {
		}
	case "child-cpu-deaf": // it does not listen to the warning: the kernel's own limit is what is left
		signal.Ignore(syscall.Signal(24))
		for {
		}
	case "child-tasks": // each takes more than half of what one may
		for range 3 {
			Allow(l)
			for began := time.Now(); time.Since(began) < 1200*time.Millisecond; {
			}
		}
		Write(os.Stdout, "done")
	case "child-file":
		name := filepath.Join(os.TempDir(), "worker-test-"+strconv.Itoa(os.Getpid()))
		defer os.Remove(name)
		err := os.WriteFile(name, make([]byte, 3<<20), 0o600)
		Write(os.Stdout, errors.Is(err, syscall.EFBIG))
	case "child-parent": // starts a child that is deaf, says its number, and waits to be killed
		command, _ := Self("child-deaf")
		p, err := Start(command)
		if err != nil {
			os.Exit(8)
		}
		p.Send(Limits{})
		var ready string
		p.Receive(&ready)
		Write(os.Stdout, p.ID())
		time.Sleep(time.Hour)
	}
}

// start starts a child and sends it its limits.
func start(t *testing.T, how string, l Limits) *Process {
	t.Helper()
	command, err := Self(how)
	if err != nil {
		t.Fatal(err)
	}
	command.Env = []string{"ONLY=this"}
	p, err := Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); p.Wait() })
	if err := p.Send(l); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMessagesGoThereAndBack(t *testing.T) {
	p := start(t, "child-echo", Limits{})
	for _, text := range []string{"", "a", strings.Repeat("é", 300_000)} {
		if err := p.Send(text); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := p.Receive(&back); err != nil || back != text {
			t.Errorf("%d bytes came back as %d: %v", len(text), len(back), err)
		}
	}
	if err := p.Send(strings.Repeat("x", MaxMessage)); err == nil {
		t.Error("a message that is too long is sent")
	}
	if e := p.Dismiss(10 * time.Second); e.Code != 0 {
		t.Errorf("it ended with %+v", e)
	}
	if p.Alive() {
		t.Error("it is said to be alive")
	}
	if err := p.Send("more"); err == nil {
		t.Error("a message to nobody is sent")
	}
}

func TestNothingIsToldButWhatIsGiven(t *testing.T) {
	p := start(t, "child-env", Limits{})
	var seen []string
	if err := p.Receive(&seen); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ONLY=this", filepath.Base(os.Args[0]), "child-env"}; !reflect.DeepEqual(seen, want) {
		t.Errorf("environment and arguments are %q, want %q", seen, want)
	}
}

func TestDeafChildIsKilled(t *testing.T) {
	p := start(t, "child-deaf", Limits{})
	var ready string
	if err := p.Receive(&ready); err != nil {
		t.Fatal(err)
	}
	if e := p.Dismiss(50 * time.Millisecond); e.Code != -1 {
		t.Errorf("it ended with %+v", e)
	}
}

func TestLimitsEndAChild(t *testing.T) {
	if raceDetector || runtime.GOOS != "linux" {
		t.Skip("measured on Linux")
	}
	second := Limits{CPU: time.Second, Tasks: 1}
	for _, tc := range []struct {
		how    string
		limits Limits
		want   Cause
		within time.Duration
	}{
		{"child-memory", Limits{Memory: 300 << 20}, OutOfMemory, 20 * time.Second},
		{"child-cpu", second, OutOfCPU, 40 * time.Second},
		{"child-cpu-deaf", second, OutOfCPU, 60 * time.Second},
	} {
		t.Run(tc.how, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			p := start(t, tc.how, tc.limits)
			go func() {
				for p.Alive() && !p.Exceeds(tc.limits) {
					time.Sleep(10 * time.Millisecond)
				}
				p.Kill()
			}()
			var v any
			if err := p.Receive(&v); err != io.EOF {
				t.Errorf("%v %v", v, err)
			}
			e := p.Wait()
			if got := e.Cause(tc.limits); got != tc.want {
				t.Errorf("%d: %+v", got, e)
			}
			if took := time.Since(began); took > tc.within || tc.limits.CPU > 0 && e.CPU > 5*time.Second {
				t.Errorf("it took %v, %v of them computing", took, e.CPU)
			}
		})
	}
}

// TestWhatEndedAChildIsNotGuessed gives endings of which some say what they come from.
func TestWhatEndedAChildIsNotGuessed(t *testing.T) {
	limits := Limits{Memory: 1 << 20, CPU: time.Second, Tasks: 2}
	for _, tc := range []struct {
		ending Ending
		want   Cause
		why    string
	}{
		{Ending{Code: exitMemory}, OutOfMemory, ""},
		{Ending{Code: exitCPU}, OutOfCPU, ""},
		{Ending{Code: -1, CPU: 2 * time.Second}, OutOfCPU, ""},
		{Ending{Code: -1, CPU: time.Second}, Crashed, ""},
		{Ending{Code: -1, Memory: 1 << 20, Mapped: 1 << 20}, Crashed, ""},
		{Ending{Code: -1, Memory: 1<<20 + 1}, OutOfMemory, ""},
		{Ending{Code: 2, Mapped: 1 << 40, Said: "SIGSEGV: segmentation violation\n"}, OutOfMemory, "SIGSEGV: segmentation violation"},
		{Ending{Code: 2}, Crashed, ""},
		{Ending{Code: 2, Said: "fatal error: out of memory allocating heap arena metadata\n\nruntime stack:\n"}, OutOfMemory,
			"fatal error: out of memory allocating heap arena metadata"},
		{Ending{Code: 2, Said: "runtime: out of memory: cannot allocate 4194304-byte block\nfatal error: out of memory\n"}, OutOfMemory, "fatal error: out of memory"},
		{Ending{Code: 2, Said: "fatal error: runtime: cannot allocate memory\n"}, OutOfMemory, "fatal error: runtime: cannot allocate memory"},
		{Ending{Code: 2, Said: "fatal error: unexpected signal\nout of memory\n"}, Crashed, "fatal error: unexpected signal"},
		{Ending{Code: 2, Said: "panic: out of memory\n"}, Crashed, "panic: out of memory"},
		{Ending{Code: 2, Said: "SIGSEGV: segmentation violation\nPC=0x1 m=0\n"}, Crashed, "SIGSEGV: segmentation violation"},
		{Ending{Code: 2, Said: "runtime: goroutine stack exceeds 9-byte limit\nfatal error: stack overflow\n"}, Crashed, "runtime: goroutine stack exceeds 9-byte limit"},
		{Ending{Code: 2, Said: "runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\n"}, Crashed,
			"runtime/cgo: pthread_create failed: Resource temporarily unavailable"},
	} {
		if got, why := tc.ending.Cause(limits), tc.ending.Why(); got != tc.want || why != tc.why {
			t.Errorf("%+v: %d, %q", tc.ending, got, why)
		}
	}
	if got := (Ending{Code: 2, Said: "fatal error: out of memory\n"}).Cause(Limits{}); got != Crashed {
		t.Errorf("without a limit: %d", got)
	}
}

// TestMemoryIsSeenWhileAChildLives looks at one that is alive, and at what is left of the look when it is not.
func TestMemoryIsSeenWhileAChildLives(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell")
	}
	ballast := bytes.Repeat([]byte{1}, 200<<20) // of the parent, which the system would count
	p := start(t, "child-deaf", Limits{})
	var ready string
	if err := p.Receive(&ready); err != nil {
		t.Fatal(err)
	}
	p.Look()
	p.Kill()
	e := p.Wait()
	if e.Memory < 1<<20 || e.Memory > 100<<20 || e.Why() != "" {
		t.Errorf("%+v", e)
	}
	runtime.KeepAlive(ballast)
	p.Look()
	if again := p.Wait(); again.Memory != e.Memory {
		t.Errorf("%d bytes, then %d", e.Memory, again.Memory)
	}
}

func TestLimitsThatDoNotEndAChild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("measured on Linux")
	}
	var done string
	if err := start(t, "child-tasks", Limits{CPU: 2 * time.Second, Tasks: 3}).Receive(&done); err != nil {
		t.Errorf("three tasks that are within the limit each: %v", err)
	}
	var refused bool
	if err := start(t, "child-file", Limits{File: 2 << 20}).Receive(&refused); err != nil || !refused {
		t.Errorf("a file that is too large: refused %v, %v", refused, err)
	}
}

// TestChildDiesWithItsParent kills a parent whose child does not listen to the end of its input.
func TestChildDiesWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere a child ends with its input only")
	}
	cmd := exec.Command(os.Args[0], "child-parent")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if err := Read(out, &pid); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for deadline := time.Now().Add(10 * time.Second); ; {
		status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(status), ") Z ") { // gone, or waiting for whoever inherited it
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d lives on", pid)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want error
	}{
		"nothing": {"", io.EOF}, "half a length": {"\x00\x00", io.ErrUnexpectedEOF}, "a length alone": {"\x00\x00\x00\x05", io.ErrUnexpectedEOF},
		"half a text": {"\x00\x00\x00\x05nul", io.ErrUnexpectedEOF},
	} {
		var v any
		if err := Read(strings.NewReader(tc.in), &v); err != tc.want {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	var long *LengthError
	var v any
	if err := Read(strings.NewReader("\xff\xff\xff\xff"), &v); !errors.As(err, &long) {
		t.Errorf("a length of 4 GB: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	Write(&b, map[string]any{"a": []int{1, 2}, "b": "c"})
	f.Add(b.Bytes())
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Add([]byte("\x00\x00\x00\x02{}\x00\x00\x00\x01{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			var v any
			if err := Read(r, &v); err != nil {
				return
			}
			var again bytes.Buffer
			if err := Write(&again, v); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			var w any
			if err := Read(&again, &w); err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(v)
			if b, _ := json.Marshal(w); !bytes.Equal(a, b) {
				t.Fatalf("%s became %s", a, b)
			}
		}
	})
}
