// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"slices"

	"communs/licenses"
)

// encodeFindings writes licence statements in the form that the content file documents; nothing for none.
func encodeFindings(findings []licenses.Finding) []byte {
	findings = slices.DeleteFunc(slices.Clone(findings), func(f licenses.Finding) bool { return f.Expression.IsZero() }) // it leads to another file
	if len(findings) == 0 {
		return nil
	}
	text := func(dst []byte, s string) []byte {
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	}
	b := binary.AppendUvarint(nil, uint64(len(findings)))
	for _, f := range findings {
		b = text(text(b, f.Expression.String()), f.How)
		b = binary.AppendUvarint(b, uint64(f.Start))
		b = binary.AppendUvarint(b, uint64(f.End))
		b = append(b, byte(f.Score*100+0.5))
	}
	return b
}

// findingsDiffer tells, without reading them whole, whether not all findings say the same, and whether one is about a snippet: of most
// blobs there is one finding at most.
func findingsDiffer(b []byte) (differ, snippet bool) {
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		b = b[max(n, 0):]
		return v
	}
	text := func() []byte {
		n := min(number(), uint64(len(b)))
		s := b[:n]
		b = b[n:]
		return s
	}
	var first []byte
	for n := number(); n > 0 && len(b) > 0; n-- {
		expression, how := text(), text()
		if first == nil {
			first = expression
		}
		if (licenses.Finding{How: string(how)}).IsSnippet() {
			return true, true
		}
		differ = differ || !bytes.Equal(expression, first)
		number() // lines
		number()
		b = b[min(1, len(b)):] // score
	}
	return differ, false
}

// decodeFindings reads what encodeFindings wrote. Damaged bytes give what could be read, and false.
func decodeFindings(b []byte, path string) (findings []licenses.Finding, ok bool) {
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			ok, b = false, nil
			return 0
		}
		b = b[n:]
		return v
	}
	text := func() string {
		n := number()
		if n > uint64(len(b)) {
			ok, b = false, nil
			return ""
		}
		s := string(b[:n])
		b = b[n:]
		return s
	}
	ok = true
	for n := number(); n > 0 && ok; n-- {
		expression, how := text(), text()
		start, end := number(), number()
		if !ok || len(b) == 0 {
			return findings, false
		}
		e, err := licenses.Parse(expression)
		if err != nil {
			return findings, false
		}
		findings = append(findings, licenses.Finding{Expression: e, Path: path, Start: int(start), End: int(end), How: how, Score: float64(b[0]) / 100})
		b = b[1:]
	}
	return findings, ok
}
