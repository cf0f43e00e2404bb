// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/licensecheck"
)

// peerAnswers is what another detector said of a part of the sets.
type peerAnswers struct {
	name  string
	sets  []string                                // the sets that it is asked about
	most  int                                     // files of each set; 0 for all
	ask   func(dir string) (answersByFile, error) // about the files of a folder
	rows  [][]string
	note  string
	cpu   time.Duration
	asked int64 // bytes
}

// answersByFile is an expression for each name.
type answersByFile map[string]string

// licensePeers are the detectors that are measured beside, where they are installed.
func licensePeers(ctx context.Context, o licenseOptions) []*peerAnswers {
	fixtures := []string{"glc", "lic1", "lic2 without nuget", "SPDX texts", "SPDX headers", "SPDX headers in code", "SPDX tags", "French and EU texts"}
	check := &peerAnswers{name: "licensecheck", sets: fixtures, ask: askLicensecheck}
	scancode := &peerAnswers{name: "ScanCode", sets: []string{"Debian, texts", "SPDX headers in code", "SPDX tags", "Go modules", "lic1"}, most: o.scancode / 5}
	scancode.ask = func(dir string) (answersByFile, error) { return askScanCode(ctx, dir, scancode) }
	reuse := &peerAnswers{name: "reuse", sets: []string{"SPDX tags"}}
	reuse.ask = func(dir string) (answersByFile, error) { return askReuse(ctx, dir, reuse) }
	for name, p := range map[string]*peerAnswers{"scancode": scancode, "reuse": reuse} {
		if _, err := exec.LookPath(name); err != nil {
			p.ask, p.note = nil, "not measured: not installed"
		}
	}
	return []*peerAnswers{check, scancode, reuse}
}

// measure asks the peer about its sets and writes a row for each: our answers on the same files stand beside.
func (p *peerAnswers) measure(results []*setResult, work string) error {
	if p.ask == nil {
		return nil
	}
	for _, r := range results {
		if !strings.Contains("|"+strings.Join(p.sets, "|")+"|", "|"+r.name+"|") {
			continue
		}
		dir := filepath.Join(work, "peers", p.name, r.name)
		var taken []licenseAnswer
		for _, a := range r.answers {
			if p.most > 0 && (len(taken) == p.most || a.file.tuned()) { // a sample is of the half that nothing was tuned on
				continue
			}
			data, err := os.ReadFile(a.file.disk)
			if err != nil {
				return err
			}
			if err := writeFile(filepath.Join(dir, peerName(len(taken), a.file)), data); err != nil {
				return err
			}
			p.asked += int64(len(data))
			taken = append(taken, a)
		}
		if len(taken) == 0 {
			continue
		}
		answers, err := p.ask(dir)
		if err != nil {
			p.note = fmt.Sprintf("not measured on %s: %v", r.name, err)
			continue
		}
		var ours, theirs licenseTally
		for i, a := range taken {
			ours.add(a.want, a.got)
			theirs.add(a.want, readLicenseTerm(answers[peerName(i, a.file)]))
		}
		p.rows = append(p.rows, []string{p.name, r.name, fmt.Sprint(len(taken)), percent(theirs.exact, theirs.files), percent(ours.exact, ours.files),
			ratio(theirs.f1()), ratio(ours.f1())})
	}
	return nil
}

// peerName is how a file is called for a peer: its own name in a folder of its own.
func peerName(i int, f licenseFile) string {
	return fmt.Sprintf("%05d/%s", i, filepath.Base(f.path))
}

func askLicensecheck(dir string) (answersByFile, error) {
	answers := answersByFile{}
	return answers, eachFile(dir, func(path string, _ os.FileInfo) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		answers[filepath.ToSlash(rel)] = coverage(licensecheck.Scan(data))
		return err
	})
}

// askScanCode runs one process of ScanCode and notes its processor time.
func askScanCode(ctx context.Context, dir string, p *peerAnswers) (answersByFile, error) {
	out := filepath.Clean(dir) + ".json"
	cmd := exec.CommandContext(ctx, "scancode", "--license", "--quiet", "--processes", "1", "--strip-root", "--json", out, dir)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(string(text)))
	}
	p.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var report struct {
		Files []struct {
			Path       string
			Expression string `json:"detected_license_expression_spdx"`
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return nil, err
	}
	answers := answersByFile{}
	for _, f := range report.Files {
		answers[f.Path] = f.Expression
	}
	return answers, nil
}

// askReuse reads the bill of materials that reuse writes.
func askReuse(ctx context.Context, dir string, p *peerAnswers) (answersByFile, error) {
	cmd := exec.CommandContext(ctx, "reuse", "--root", dir, "spdx", "--add-license-concluded", "--creator-person", "bench")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(stderr.String()))
	}
	p.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	answers := answersByFile{}
	name := ""
	for line := range strings.Lines(string(out)) {
		if s, ok := strings.CutPrefix(line, "FileName: ./"); ok {
			name = strings.TrimSpace(s)
		}
		if s, ok := strings.CutPrefix(line, "LicenseConcluded: "); ok && name != "" {
			if answers[name] = strings.TrimSpace(s); answers[name] == "NOASSERTION" || answers[name] == "NONE" {
				answers[name] = ""
			}
		}
	}
	return answers, nil
}

// peerReport is the table of the peers.
func peerReport(peers []*peerAnswers) string {
	var rows [][]string
	notes := ""
	for _, p := range peers {
		rows = append(rows, p.rows...)
		if p.note != "" {
			notes += "- " + p.name + ": " + p.note + ".\n"
		}
		if p.cpu > 0 {
			notes += fmt.Sprintf("- %s took %.2f processor seconds for each MB, its starts included: the samples are small.\n", p.name, p.cpu.Seconds()/(float64(p.asked)/1e6))
		}
	}
	return "\n### Beside other detectors\n\nOn the same files, by the same rules. Where not all files of a set were asked about, they are of the half held out. " +
		"The fixtures (glc, lic1, lic2) are ScanCode's own.\n\n" +
		table(2, []string{"detector", "set", "files", "exact", "Communs", "F1", "Communs"}, rows) + "\n" + notes
}
