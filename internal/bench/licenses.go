// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"communs/licenses"
)

// licenseOptions say how to measure the finding of licences.
type licenseOptions struct {
	data      string // the development set
	texts     string // ScanCode's licence texts, for those that SPDX does not list
	negatives string // folders of source, for files that state nothing
	debian    string // where copyright files lie
	projects  string // folders of projects
	show      string // set whose wrong answers are printed
	sets      string // only these, comma-separated
	both      bool   // show the reporting half too
	scancode  int    // files that ScanCode is asked about
}

func (o *licenseOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.data, "licenses", "", "measure the finding of licences on this development set (folder or devset.tgz), and nothing else")
	f.StringVar(&o.texts, "license-texts", "", "folder of ScanCode's *.LICENSE files: texts that SPDX does not list")
	f.StringVar(&o.negatives, "negatives", "", "folders of source code (colon-separated) to look for statements that are none; empty takes Go's own and the modules'")
	f.StringVar(&o.debian, "debian", "/usr/share/doc", "folder of Debian's copyright files")
	f.StringVar(&o.projects, "projects", "", "folders (colon-separated) each of whose folders is a project")
	f.StringVar(&o.sets, "license-sets", "", "measure only these sets (comma-separated)")
	f.StringVar(&o.show, "show", "", "print the wrong answers of this set: those of the half that may be tuned on")
	f.BoolVar(&o.both, "show-both", false, "print those of the reporting half too")
	f.IntVar(&o.scancode, "scancode-files", 200, "how many files ScanCode is asked about, where it is installed")
}

// licenseAnswer is what was said of one file.
type licenseAnswer struct {
	file      licenseFile
	want, got licenseTerm
	found     []licenses.Finding
}

// setResult is what was measured of one set.
type setResult struct {
	licenseSet
	answers []licenseAnswer
	half    [2]licenseTally // tuned on, reported
}

func (r *setResult) add(f licenseFile, found []licenses.Finding) {
	a := licenseAnswer{f, readLicenseTerm(f.want), readLicenseTerm(answerOf(found)), found}
	r.answers = append(r.answers, a)
	half := 1
	if f.tuned() {
		half = 0
	}
	r.half[half].add(a.want, a.got)
}

// ask asks the detector about one file.
func (r *setResult) ask(d *licenses.Detector, f licenseFile, data []byte) {
	if r.alien {
		d, f.want = d.Without(f.want), unknownLicense
	}
	r.add(f, d.Text(f.path, data))
}

// unknownLicense is what is to be said of a text that nobody knows.
const unknownLicense = "LicenseRef-unknown"

func (r *setResult) all() licenseTally {
	t := r.half[0]
	t.plus(r.half[1])
	return t
}

// answerOf joins all that was found in one file.
func answerOf(found []licenses.Finding) string {
	var all []licenses.Expression
	for _, f := range found {
		all = append(all, f.Expression)
	}
	return licenses.And(all...).String()
}

// isListed reports whether an id is on the SPDX list.
func isListed(id string) bool {
	_, ok := licenses.Info(id)
	return ok
}

func isUnlisted(id string) bool { return !isListed(id) }

// measureLicenses asks the detector about all sets and gives the section of the benchmarks.
func measureLicenses(ctx context.Context, binary, work string, o licenseOptions, out io.Writer) (string, error) {
	dir, err := openDevset(o.data, work)
	if err != nil {
		return "", err
	}
	sets, err := devsetSets(dir, work)
	if err != nil {
		return "", err
	}
	more, err := corpusSets(ctx, work, o)
	if err != nil {
		return "", err
	}
	sets = append(sets, more...)
	if o.sets != "" {
		only := strings.Split(o.sets, ",")
		sets = slices.DeleteFunc(sets, func(s licenseSet) bool { return !slices.Contains(only, s.name) })
	}
	d, err := licenses.NewDetector()
	if err != nil {
		return "", err
	}
	var results []*setResult
	for _, s := range sets {
		r := &setResult{licenseSet: s}
		for _, f := range s.files {
			if err := ctx.Err(); err != nil {
				return "", err
			}
			data, err := os.ReadFile(f.disk)
			if err != nil {
				return "", err
			}
			r.ask(d, f, data)
		}
		fmt.Fprintln(out, r.line())
		if o.show == s.name {
			r.show(out, o.both)
		}
		results = append(results, r)
	}
	if o.show != "" {
		return "", nil
	}
	text := licenseReport(results)
	peers := licensePeers(ctx, o)
	for _, p := range peers {
		fmt.Fprintln(out, "asking", p.name)
		if err := p.measure(results, work); err != nil {
			return "", err
		}
	}
	speed, err := licenseSpeed(ctx, binary, work, results)
	if err != nil {
		return "", err
	}
	projects, err := projectReport(ctx, d, filepath.SplitList(o.projects), out)
	if err != nil {
		return "", err
	}
	return text + peerReport(peers) + projects + speed + "\n### Machine\n\n" + machine("make eval-licenses", nil), nil
}

// show prints the wrong answers.
func (r *setResult) show(out io.Writer, both bool) {
	for _, a := range r.answers {
		if (both || a.file.tuned()) && a.want.String() != a.got.String() {
			fmt.Fprintf(out, "%s\n\twant %s\n\tgot  %s\n", a.file.disk, a.want, a.got)
			for _, f := range a.found {
				fmt.Fprintf(out, "\t     %s: %s, lines %d to %d\n", f.Expression, f.How, f.Start, f.End)
			}
		}
	}
}
