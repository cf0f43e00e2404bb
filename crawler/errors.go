// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"communs/crawler/polite"
)

// Reason classifies why a repository could not be fetched. It is the key of its sentence, after "crawl.".
type Reason string

// The reasons.
const (
	ReasonNotFound     Reason = "not-found"     // 404, 410, or the path does not exist
	ReasonUnauthorized Reason = "unauthorized"  // 401, 403
	ReasonScope        Reason = "scope"         // 403: the token may not do this; Detail is what the server says
	ReasonServer       Reason = "server"        // any other status; Detail is the status
	ReasonNotGit       Reason = "not-git"       // an answer that is not git's; Detail is its content type
	ReasonRedirect     Reason = "redirect"      // sent on to an address that we do not follow
	ReasonSilent       Reason = "silent"        // no byte for longer than the limit; Detail is the limit
	ReasonSlow         Reason = "slow"          // fewer bytes a second than the limit, which is Detail
	ReasonDeadline     Reason = "deadline"      // not done within the limit; Detail is the limit
	ReasonTooBig       Reason = "too-big"       // more bytes than the limit; Detail is the limit in MB
	ReasonBroken       Reason = "broken"        // what came does not hold together
	ReasonFormat       Reason = "object-format" // SHA-256 repository, which needs the git program
	ReasonNetwork      Reason = "network"       // name not found, connection refused, TLS…
	ReasonLocal        Reason = "local"         // a local repository or folder cannot be read
	ReasonAddress      Reason = "address"       // not an address that we follow
	ReasonLater        Reason = "later"         // its server has us wait, or rests
	ReasonNotJSON      Reason = "not-json"      // a forge that does not answer as one; Detail is where its answer is none
	ReasonPages        Reason = "pages"         // the pages of a list come round again, or have no end; Detail is where
	ReasonNotList      Reason = "not-list"      // neither a list nor an index of repositories; Detail is what it is
	ReasonDisk         Reason = "disk"          // our own data folder cannot be written
	ReasonName         Reason = "name"          // a name that no file may have; Detail is the name
	ReasonCrash        Reason = "crash"         // the process that fetched ended by itself; Detail says how

	// Of each of these, Detail is the limit: a number, or MB for what is counted in bytes.
	ReasonMemory     Reason = "memory"     // fetching took more memory
	ReasonCPU        Reason = "cpu"        // fetching took more processor time
	ReasonSpace      Reason = "space"      // fetching wrote more bytes
	ReasonObjects    Reason = "objects"    // the pack announces more objects
	ReasonReferences Reason = "references" // the server lists more
	ReasonFile       Reason = "file-size"  // a file is larger
	ReasonEntries    Reason = "entries"    // a folder holds more
	ReasonDepth      Reason = "depth"      // folders lie deeper
	ReasonPath       Reason = "path"       // a path is longer
	ReasonFiles      Reason = "files"      // there are more, at all paths together
)

// FetchError is a repository that could not be fetched.
type FetchError struct {
	URL    string
	Reason Reason
	Detail string
	Err    error
}

func (e *FetchError) Error() string {
	s := fmt.Sprintf("fetch %s: %s", e.URL, e.Reason)
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FetchError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *FetchError) Message() (string, []any) {
	var detail any = e.Detail
	var path *fs.PathError
	var silent *silentEnd
	var told messenger
	var own *AddressError
	switch {
	case errors.As(e.Err, &own): // it names the address
		return own.Message()
	case e.Reason == ReasonNetwork && e.Detail == "" && e.Err != nil:
		return networkWords(e.Err.Error()), []any{e.URL, e.Err.Error()}
	case e.Reason == ReasonBroken && e.Detail == detailCut:
		return "crawl.cut", []any{e.URL}
	case errors.As(e.Err, &silent) && silent.memory > 0:
		return "crawl.crash-silent", []any{e.URL, detail, megabytes(silent.memory)}
	case (e.Reason == ReasonLater || e.Reason == ReasonAddress) && errors.As(e.Err, &told):
		detail = told
	case e.Detail != "" || e.Err == nil:
	case e.Reason == ReasonLocal && errors.Is(e.Err, fs.ErrPermission) && errors.As(e.Err, &path):
		detail = deniedError{path.Path}
	default:
		detail = e.Err.Error()
	}
	return "crawl." + string(e.Reason), []any{e.URL, detail}
}

// messenger is an error that is told to people.
type messenger interface {
	error
	Message() (string, []any)
}

// networkWords finds, in what the system says of a server that cannot be reached, a cause that people can do something about. From a process that
// fetched, nothing but the text comes.
func networkWords(said string) string {
	for _, known := range [][2]string{{"no such host", "-name"}, {"connection refused", "-refused"}, {"x509:", "-certificate"}} {
		if strings.Contains(said, known[0]) {
			return "crawl." + string(ReasonNetwork) + known[1]
		}
	}
	return "crawl." + string(ReasonNetwork)
}

// detailCut is the Detail of an answer that ends before it is whole.
const detailCut = "cut"

// silentEnd is a process that has ended without saying why.
type silentEnd struct {
	memory int64 // bytes that it took, at the least; 0 when that is not known
	err    error // what its parent noticed
}

func (e *silentEnd) Error() string {
	return fmt.Sprintf("it did not say why, and took %s MB or more: %v", megabytes(e.memory), e.err)
}

func (e *silentEnd) Unwrap() error { return e.err }

// deniedError says that the system does not let us read a path.
type deniedError struct{ path string }

func (e deniedError) Error() string { return e.path + ": permission denied" }

// Message says it to people.
func (e deniedError) Message() (string, []any) { return "crawl.denied", []any{e.path} }

// elsewhere reports whether an error names a path that is not below dir.
func elsewhere(dir string, err error) bool {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return false
	}
	relative, relErr := filepath.Rel(dir, path.Path)
	return relErr != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// ListError is a source that could not be listed, or not to its end.
type ListError struct {
	Source string
	Err    error
}

func (e *ListError) Error() string { return fmt.Sprintf("list source %s: %v", e.Source, e.Err) }

func (e *ListError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *ListError) Message() (string, []any) {
	var told messenger
	if !errors.As(e.Err, &told) {
		return "crawl.list", []any{e.Source, e.Err.Error()}
	}
	var fault *FetchError
	if errors.As(e.Err, &fault) && fault.URL != "" && strings.HasPrefix(e.Source, fault.URL) { // it is called by its address, which is told anyway
		return "crawl.list-there", []any{told}
	}
	return "crawl.list", []any{e.Source, told}
}

// ConfigError is a source that is not written as it must be.
type ConfigError struct {
	Source  string
	Field   string
	Problem string // missing, unknown-kind, not-for, together, twice, path (url stands where it is meant), no-token, token-…
	Value   string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("source %q: %s: %s %s", e.Source, e.Field, e.Problem, e.Value)
}

// Message says it to people.
func (e *ConfigError) Message() (string, []any) {
	return "crawl.config-" + e.Problem, []any{e.Source, e.Field, e.Value}
}

// BusyError is a data folder that another process is crawling into.
type BusyError struct{ Dir string }

func (e *BusyError) Error() string { return "another process is crawling into " + e.Dir }

// Message says it to people.
func (e *BusyError) Message() (string, []any) { return "crawl.busy", []any{e.Dir} }

// UnknownError is a repository that is not known here.
type UnknownError struct{ Target string }

func (e *UnknownError) Error() string { return "unknown repository " + e.Target }

// Message says it to people.
func (e *UnknownError) Message() (string, []any) { return "crawl.unknown", []any{e.Target} }

// GoModError is a go.mod file that cannot be understood.
type GoModError struct {
	File string
	Line int // the first one that is wrong
	Err  error
}

func (e *GoModError) Error() string {
	return fmt.Sprintf("read %s, line %d: %v", e.File, e.Line, e.Err)
}

func (e *GoModError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *GoModError) Message() (string, []any) {
	return "crawl.go-mod", []any{e.File, strconv.Itoa(e.Line), e.Err.Error()}
}

// NoContentError is an identifier that no content can have: git's zero hash stands for nothing.
type NoContentError struct{ Target string }

func (e *NoContentError) Error() string { return "no content has the name " + e.Target }

// Message says it to people.
func (e *NoContentError) Message() (string, []any) { return "crawl.no-content", []any{e.Target} }

// WithdrawalTargetError says that an identifier names something that cannot be withdrawn: not a content.
type WithdrawalTargetError struct{ Target string }

func (e *WithdrawalTargetError) Error() string { return e.Target + " names no content" }

// Message says it to people.
func (e *WithdrawalTargetError) Message() (string, []any) {
	return "crawl.withdrawal-target", []any{e.Target}
}

// WithdrawalError is a withdrawal in the database that names neither a repository nor a content.
type WithdrawalError struct{ Target string }

func (e *WithdrawalError) Error() string { return "the withdrawal of " + e.Target + " names nothing" }

// Message says it to people.
func (e *WithdrawalError) Message() (string, []any) { return "crawl.withdrawal", []any{e.Target} }

// CorruptError is a mirror whose files do not say what they must.
type CorruptError struct {
	File string
	Repo string // whose mirror it is; empty for what has just come
	Err  error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("damaged mirror file %s: %v", e.File, e.Err)
}

func (e *CorruptError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *CorruptError) Message() (string, []any) {
	if e.Repo != "" {
		return "crawl.damage", []any{e.File, e.Repo, e.Err.Error()}
	}
	return "crawl.corrupt", []any{e.File}
}

// ofRepository notes whose mirror a damaged file belongs to.
func ofRepository(err error, url string) error {
	var corrupt *CorruptError
	if errors.As(err, &corrupt) && corrupt.Repo == "" {
		corrupt.Repo = url
	}
	return err
}

// NoModuleCacheError is a machine on which the Go modules of the build cannot be found.
type NoModuleCacheError struct{ Dir string }

func (e *NoModuleCacheError) Error() string { return "no Go module cache at " + e.Dir }

// Message says it to people.
func (e *NoModuleCacheError) Message() (string, []any) { return "crawl.no-module-cache", []any{e.Dir} }

// MissingModuleError is a module that is not in the module cache.
type MissingModuleError struct{ Module, Version, Dir string }

func (e *MissingModuleError) Error() string {
	return fmt.Sprintf("module %s@%s is not at %s", e.Module, e.Version, e.Dir)
}

// Message says it to people.
func (e *MissingModuleError) Message() (string, []any) {
	return "crawl.module-missing", []any{e.Module, e.Version, e.Dir}
}

// ErrWithdrawn is what [Snapshot.Files] yields with a file whose content was withdrawn.
var ErrWithdrawn error = withdrawnError{}

type withdrawnError struct{}

func (withdrawnError) Error() string { return "content withdrawn" }

// Message says it to people.
func (withdrawnError) Message() (string, []any) { return "crawl.withdrawn", nil }

var (
	errIdle    = errors.New("no byte for too long")
	errUnready = errors.New("no pack for too long")
	errDrip    = errors.New("too few bytes a second")
	errSlow    = errors.New("the answer takes too long")
	errTooBig  = errors.New("too many bytes")
)

// diskError reports whether the fault lies with our own disk, so that no other repository will fare better.
func diskError(err error) bool {
	var db interface{ Code() int } // of SQLite: read-only, input or output, full
	if errors.As(err, &db) && slices.Contains([]int{8, 10, 13}, db.Code()&0xff) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT)
}

// postponed reports whether the fault is that a server is to be asked later.
func postponed(err error) bool {
	var wait *polite.WaitError
	var rest *polite.BreakerError
	return errors.As(err, &wait) || errors.As(err, &rest)
}

// refused reports whether the fault is that nothing may lead us there.
func refused(err error) bool {
	var address *polite.AddressError
	var robots *polite.RobotsError
	return errors.As(err, &address) || errors.As(err, &robots)
}

// classify names the cause of an error that came while fetching url.
func classify(ctx context.Context, url string, limits Config, err error) error {
	var done *FetchError
	if errors.As(err, &done) && done.URL == "" {
		done.URL = url
	}
	if err == nil || done != nil {
		return err
	}
	e := &FetchError{URL: url, Reason: ReasonBroken, Err: err}
	var netError net.Error
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	var limit *limitError
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.Is(err, errIdle):
		e.Reason, e.Detail = ReasonSilent, limits.Idle.Round(time.Millisecond).String()
	case errors.Is(err, errUnready):
		e.Reason, e.Detail = ReasonSilent, max(limits.Idle, limits.FirstByte).Round(time.Millisecond).String()
	case errors.Is(err, errDrip):
		e.Reason, e.Detail = ReasonSlow, fmt.Sprint(limits.Rate)
	case errors.As(err, &limit):
		e.Reason, e.Detail = limit.reason, limit.most
	case errors.Is(err, errSlow):
		e.Reason, e.Detail = ReasonDeadline, (maxIdles * limits.Idle).Round(time.Millisecond).String()
	case errors.Is(err, errTooBig):
		e.Reason, e.Detail = ReasonTooBig, fmt.Sprint(limits.MaxBytes>>20)
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		e.Reason, e.Detail = ReasonDeadline, limits.Timeout.Round(time.Millisecond).String()
	case errors.Is(err, syscall.EFBIG):
		e.Reason, e.Detail = ReasonSpace, megabytes(limits.Limits.Disk)
	case postponed(err):
		e.Reason = ReasonLater
	case refused(err):
		e.Reason = ReasonAddress
	case diskError(err), errors.Is(err, fs.ErrPermission) && !elsewhere(limits.Dir, err):
		e.Reason = ReasonDisk
	case errors.Is(err, fs.ErrPermission):
		e.Reason = ReasonLocal
	case errors.As(err, &cert), errors.As(err, &dns), errors.As(err, &op), errors.As(err, &netError):
		e.Reason = ReasonNetwork
	case errors.As(err, &syntax) && strings.Contains(syntax.Error(), "unexpected end"):
		e.Detail = detailCut
	case errors.As(err, &syntax), errors.As(err, &shape):
		e.Reason, e.Detail = ReasonNotJSON, err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Detail = detailCut
	}
	return e
}
