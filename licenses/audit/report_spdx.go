// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"communs/licenses"
)

// The SPDX form is an SPDX 2.3 document as JSON. The project is one package, which contains its files; each component is another. Ids and
// namespace follow from the content, so that equal reports give equal documents. SPDX asks for a time: a report without one
// says the beginning of 1970.

const noAssertion = "NOASSERTION"

// spdxWriter makes one document.
type spdxWriter struct {
	r    *Report
	v    Voice
	doc  spdx.Document
	ids  map[string]common.ElementID // of components, by ID
	used map[common.ElementID]bool
	refs map[string]bool // LicenseRef-… that the document names
}

func (r *Report) writeSPDX(w io.Writer, v Voice) error {
	digest, err := r.digest()
	if err != nil {
		return err
	}
	s := &spdxWriter{r: r, v: v, ids: map[string]common.ElementID{}, used: map[common.ElementID]bool{}, refs: map[string]bool{}}
	name := r.title()
	s.doc = spdx.Document{
		SPDXVersion: spdx.Version, DataLicense: spdx.DataLicense, SPDXIdentifier: "DOCUMENT", DocumentName: name,
		DocumentNamespace: "https://spdx.org/spdxdocs/" + strings.Trim(notIDString.ReplaceAllString(name, "-"), "-") + "-" + uuidOf(digest),
		CreationInfo: &spdx.CreationInfo{
			Created:  cmp.Or(r.Time, time.Unix(0, 0)).UTC().Truncate(time.Second).Format(time.RFC3339),
			Creators: []common.Creator{{CreatorType: "Tool", Creator: cmp.Or(strings.Trim(r.Tool.Name+"-"+r.Tool.Version, "-"), "unknown")}},
		},
		DocumentComment: v.Printer.T("audit.report.verdict." + string(r.Verdict)),
	}
	s.components()
	s.files()
	s.extracted()
	return spdxjson.Write(&s.doc, w, spdxjson.Indent("  "), spdxjson.EscapeHTML(false))
}

// elementID makes an id from what an element is: readable, and told apart by a hash where that is not enough.
func (s *spdxWriter) elementID(kind, name string) common.ElementID {
	id := common.ElementID(kind + "-" + strings.Trim(notIDString.ReplaceAllString(name, "-"), "-"))
	if s.used[id] || len(id) > 200 {
		sum := sha256.Sum256([]byte(name))
		id = common.ElementID(kind + "-" + hex.EncodeToString(sum[:16]))
	}
	s.used[id] = true
	return id
}

// license writes an expression; what refers to other documents cannot be said here.
func (s *spdxWriter) license(e licenses.Expression) string {
	e = e.Current()
	text := e.String()
	if e.IsZero() || strings.Contains(text, "DocumentRef-") || strings.Contains(text, "AdditionRef-") {
		return noAssertion
	}
	for _, ref := range customRefs(e) {
		s.refs[ref] = true
	}
	return text
}

func (s *spdxWriter) relate(from common.ElementID, how string, to common.ElementID) {
	s.doc.Relationships = append(s.doc.Relationships, &spdx.Relationship{
		RefA: common.MakeDocElementID("", string(from)), Relationship: how, RefB: common.MakeDocElementID("", string(to)),
	})
}

// components writes the project and its components as packages, and how they belong together.
func (s *spdxWriter) components() {
	project := s.elementID("Package", "project")
	s.ids[s.r.Project.ID] = project
	root := s.pack(&s.r.Project, project)
	root.PackageName = s.r.title()
	if s.r.Project.Name != "" {
		root.PackageName = s.r.Project.Name
	}
	s.doc.Packages = append(s.doc.Packages, root)
	s.relate("DOCUMENT", common.TypeRelationshipDescribe, project)
	for i := range s.r.Components {
		c := &s.r.Components[i]
		s.ids[c.ID] = s.elementID("Package", c.ID)
		s.doc.Packages = append(s.doc.Packages, s.pack(c, s.ids[c.ID]))
	}
	for i := range s.r.Components {
		c := &s.r.Components[i]
		id := s.ids[c.ID]
		switch {
		case c.Kind == Vendored || c.Kind == Copied:
			s.relate(project, common.TypeRelationshipContains, id)
		case c.Direct && c.Development:
			s.relate(id, common.TypeRelationshipDevDependencyOf, project)
		case c.Direct && c.Optional:
			s.relate(id, common.TypeRelationshipOptionalDependencyOf, project)
		case c.Direct:
			s.relate(project, common.TypeRelationshipDependsOn, id)
		}
		for _, to := range c.Dependencies {
			if other, listed := s.ids[to]; listed && to != c.ID {
				s.relate(id, common.TypeRelationshipDependsOn, other)
			}
		}
	}
}

func (s *spdxWriter) pack(c *Component, id common.ElementID) *spdx.Package {
	p := &spdx.Package{
		PackageName: cmp.Or(c.Name, c.ID), PackageSPDXIdentifier: id, PackageVersion: c.Version, PackageDownloadLocation: noAssertion,
		PackageLicenseConcluded: s.license(c.Concluded), PackageLicenseDeclared: s.license(c.Declared),
		PackageCopyrightText: cmp.Or(strings.Join(c.Copyrights, "\n"), noAssertion), IsFilesAnalyzedTagPresent: true,
	}
	if downloadable.MatchString(c.Origin) {
		p.PackageDownloadLocation = c.Origin
	}
	for _, sum := range c.Checksums {
		if spdxAlgorithms.MatchString(sum.Algorithm) && hexadecimal.MatchString(sum.Value) {
			p.PackageChecksums = append(p.PackageChecksums, common.Checksum{Algorithm: common.ChecksumAlgorithm(sum.Algorithm), Value: sum.Value})
		}
	}
	if c.PURL != "" {
		p.PackageExternalReferences = append(p.PackageExternalReferences, &spdx.PackageExternalReference{
			Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: c.PURL,
		})
	}
	if id, _, _ := strings.Cut(c.SWHID, ";"); id != "" { // without its lines: SPDX takes the id alone
		p.PackageExternalReferences = append(p.PackageExternalReferences, &spdx.PackageExternalReference{
			Category: common.CategoryPersistentId, RefType: common.TypePersistentIdSwh, Locator: id,
		})
	}
	if c.Curation != nil {
		p.PackageLicenseComments = s.v.Printer.T("audit.report.curated", c.Curation.License.String(), c.Curation.Reason)
	}
	return p
}

var (
	downloadable   = regexp.MustCompile(`^(?:git\+|hg\+|svn\+|bzr\+)?(?:https?|ssh|git|ftp)://[^\s\x00-\x1f]+$`)
	hexadecimal    = regexp.MustCompile(`^[0-9a-f]+$`)
	spdxAlgorithms = regexp.MustCompile(`^(?:SHA1|SHA224|SHA256|SHA384|SHA512|MD5|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3)$`)
)

// files writes the files of the project and of vendored code, each contained in its package, and what of the packages follows from them.
func (s *spdxWriter) files() {
	packages := map[common.ElementID]*spdx.Package{}
	for _, p := range s.doc.Packages {
		packages[p.PackageSPDXIdentifier] = p
	}
	sums, infos := map[common.ElementID][]string{}, map[common.ElementID][]string{}
	for i := range s.r.Files {
		f := &s.r.Files[i]
		if f.SHA1 == "" { // SPDX asks for it: a file of an SBOM may have none
			continue
		}
		id := s.elementID("File", f.Path)
		out := &spdx.File{
			FileName: "./" + f.Path, FileSPDXIdentifier: id, LicenseConcluded: s.license(f.License),
			FileCopyrightText: cmp.Or(strings.Join(f.Copyrights, "\n"), noAssertion),
			Checksums:         []common.Checksum{{Algorithm: common.SHA1, Value: f.SHA1}},
		}
		if f.SHA256 != "" {
			out.Checksums = append(out.Checksums, common.Checksum{Algorithm: common.SHA256, Value: f.SHA256})
		}
		for _, e := range f.Evidence {
			if said := s.license(e.License); e.Path == f.Path && said != noAssertion && !slices.Contains(out.LicenseInfoInFiles, said) {
				out.LicenseInfoInFiles = append(out.LicenseInfoInFiles, said)
			}
		}
		if len(out.LicenseInfoInFiles) == 0 {
			out.LicenseInfoInFiles = []string{"NONE"}
		}
		s.doc.Files = append(s.doc.Files, out)
		of, listed := s.ids[f.Component]
		if !listed {
			of = s.ids[s.r.Project.ID]
		}
		s.relate(of, common.TypeRelationshipContains, id)
		sums[of], infos[of] = append(sums[of], f.SHA1), append(infos[of], out.LicenseInfoInFiles...)
	}
	for id, list := range sums {
		p := packages[id]
		slices.Sort(list)
		code := sha1.Sum([]byte(strings.Join(list, ""))) // what SPDX asks for, not a matter of security
		p.FilesAnalyzed = true
		p.PackageVerificationCode = &common.PackageVerificationCode{Value: hex.EncodeToString(code[:])}
		slices.Sort(infos[id])
		p.PackageLicenseInfoFromFiles = slices.Compact(infos[id])
	}
}

// extracted writes the texts behind each LicenseRef that the document names.
func (s *spdxWriter) extracted() {
	texts := s.r.textsByRef()
	for _, ref := range slices.Sorted(maps.Keys(s.refs)) {
		name, _ := strings.CutPrefix(ref, "LicenseRef-")
		s.doc.OtherLicenses = append(s.doc.OtherLicenses, &spdx.OtherLicense{
			LicenseIdentifier: ref, LicenseName: name,
			ExtractedText: cmp.Or(strings.Join(texts[ref], "\n\n--------\n\n"), s.v.Printer.T("audit.report.no-text")),
		})
	}
}

// textsByRef lists, for each LicenseRef, the different texts that the components' files hold for it.
func (r *Report) textsByRef() map[string][]string {
	all := map[string][]string{}
	for _, c := range append([]*Component{&r.Project}, r.pointers()...) {
		for _, t := range c.Texts {
			for _, e := range c.Evidence {
				if e.Path != t.Path && !(e.How == "sbom" && len(c.Texts) == 1) {
					continue
				}
				for _, ref := range customRefs(e.License) {
					if !slices.Contains(all[ref], t.Body) {
						all[ref] = append(all[ref], t.Body)
					}
				}
			}
		}
	}
	return all
}

func (r *Report) pointers() []*Component {
	all := make([]*Component, len(r.Components))
	for i := range r.Components {
		all[i] = &r.Components[i]
	}
	return all
}
