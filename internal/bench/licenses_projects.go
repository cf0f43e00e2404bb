// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"communs/licenses"
)

// projectReport counts the projects whose licence is known: those of which some licence file, manifest or README says something that the SPDX
// list holds. Each folder of the folders is a project. One without any file that says something is counted apart: there is nothing to find.
func projectReport(ctx context.Context, d *licenses.Detector, folders []string, out io.Writer) (string, error) {
	var rows [][]string
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return "", err
		}
		known, unlisted, nothing := 0, 0, 0
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			dir := filepath.Join(folder, e.Name())
			tree, files := licenses.NewTree(), 0
			err := eachFile(dir, func(path string, info os.FileInfo) error {
				rel, err := filepath.Rel(dir, path)
				if rel = filepath.ToSlash(rel); err != nil || strings.Count(rel, "/") > 1 || info.Size() > 1<<20 || !licenses.Interesting(rel) {
					return ctx.Err()
				}
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				found := d.Text(rel, data)
				if len(found) > 0 {
					files++
				}
				tree.Add(rel, found)
				return nil
			})
			if err != nil {
				return "", err
			}
			expression, _ := tree.Repository()
			switch term := readLicenseTerm(expression.String()); {
			case len(term.ids(false)) > 0 && isListed(term.ids(false)[0]):
				known++
			case files > 0:
				unlisted++
				fmt.Fprintf(out, "project %s: %q\n", e.Name(), expression)
			default:
				nothing++
				fmt.Fprintf(out, "project %s: nothing\n", e.Name())
			}
		}
		rows = append(rows, []string{filepath.Base(folder), fmt.Sprint(known + unlisted + nothing), fmt.Sprint(known), fmt.Sprint(unlisted), fmt.Sprint(nothing)})
	}
	if rows == nil {
		return "", nil
	}
	return "\n### Projects\n\n" + table(1, []string{"folder of projects", "projects", "with a licence of the SPDX list", "with another or an unknown one", "that say nothing"}, rows), nil
}
