// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"communs/licenses"
)

// The CycloneDX form is a bill of materials of version 1.6 as JSON: the project in its metadata, the components, who needs whom. What is for
// development only has the scope "excluded". The audit's answers are properties whose names begin with "communs:".

func (r *Report) writeCycloneDX(w io.Writer) error {
	digest, err := r.digest()
	if err != nil {
		return err
	}
	bom := cyclonedx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + uuidOf(digest)
	texts := r.textsByRef()
	project := cycloneOf(&r.Project, texts)
	project.Type, project.Name = cyclonedx.ComponentTypeApplication, cmp.Or(r.Project.Name, r.title())
	project.BOMRef = cmp.Or(project.BOMRef, string(Project))
	bom.Metadata = &cyclonedx.Metadata{
		Component: &project, Properties: properties("communs:verdict", string(r.Verdict), "communs:into", r.Into.String()),
		Tools: &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{{Type: cyclonedx.ComponentTypeApplication, Name: r.Tool.Name, Version: r.Tool.Version}}},
	}
	if !r.Time.IsZero() {
		bom.Metadata.Timestamp = r.Time.UTC().Format(time.RFC3339)
	}
	components, listed := []cyclonedx.Component{}, r.byID()
	asked := []string{}
	dependencies := []cyclonedx.Dependency{{Ref: project.BOMRef, Dependencies: &asked}}
	for i := range r.Components {
		c := &r.Components[i]
		components = append(components, cycloneOf(c, texts))
		if c.Direct || c.Kind != Dependency {
			asked = append(asked, c.ID)
		}
		needs := []string{}
		for _, id := range c.Dependencies {
			if listed[id] != nil && id != c.ID {
				needs = append(needs, id)
			}
		}
		dependencies = append(dependencies, cyclonedx.Dependency{Ref: c.ID, Dependencies: &needs})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	return cyclonedx.NewBOMEncoder(w, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cyclonedx.SpecVersion1_6)
}

func cycloneOf(c *Component, texts map[string][]string) cyclonedx.Component {
	out := cyclonedx.Component{
		BOMRef: c.ID, Type: cyclonedx.ComponentTypeLibrary, Name: cmp.Or(c.Name, c.ID), Version: c.Version, PackageURL: c.PURL,
		Copyright: strings.Join(c.Copyrights, "\n"), Licenses: cycloneLicenses(c.Concluded, cyclonedx.LicenseAcknowledgementConcluded, texts),
		Properties: properties("communs:status", string(c.Status), "communs:answer", string(c.Answer), "communs:libre", string(c.Libre),
			"communs:declared", strings.Join(c.DeclaredText, " | ")),
	}
	if c.Concluded.IsZero() {
		out.Licenses = cycloneLicenses(c.Declared, cyclonedx.LicenseAcknowledgementDeclared, texts)
	}
	if c.Kind == Copied {
		out.Type = cyclonedx.ComponentTypeFile
	}
	if c.SWHID != "" {
		out.SWHID = &[]string{c.SWHID}
	}
	switch {
	case c.Development:
		out.Scope = cyclonedx.ScopeExcluded
	case c.Optional:
		out.Scope = cyclonedx.ScopeOptional
	}
	if found := cycloneLicenses(c.Found, "", texts); found != nil {
		out.Evidence = &cyclonedx.Evidence{Licenses: found}
	}
	if hashes := cycloneHashes(c); len(hashes) > 0 {
		out.Hashes = &hashes
	}
	if downloadable.MatchString(c.Origin) {
		kind := cyclonedx.ERTypeWebsite
		switch {
		case archived.MatchString(c.Origin):
			kind = cyclonedx.ERTypeDistribution
		case strings.HasSuffix(c.Origin, ".git") || strings.HasPrefix(c.Origin, "git"):
			kind = cyclonedx.ERTypeVCS
		}
		out.ExternalReferences = &[]cyclonedx.ExternalReference{{Type: kind, URL: c.Origin}}
	}
	return out
}

var archived = regexp.MustCompile(`\.(?:tgz|zip|whl|jar|gem|crate|nupkg|tar\.[a-z0-9]+)$`)

// cycloneLicenses writes an expression: one licence of the SPDX list by its id, one outside it by its name with the text, anything else
// as the expression.
func cycloneLicenses(e licenses.Expression, how cyclonedx.LicenseAcknowledgement, texts map[string][]string) *cyclonedx.Licenses {
	e = e.Current()
	if e.IsZero() {
		return nil
	}
	if ids := e.IDs(); len(ids) == 1 && ids[0] == e.String() {
		license := &cyclonedx.License{Name: ids[0], Acknowledgement: how}
		if info, known := licenses.Info(ids[0]); known && !info.Deprecated {
			license.ID, license.Name = info.ID, ""
		} else if bodies := texts[ids[0]]; len(bodies) > 0 {
			license.Text = &cyclonedx.AttachedText{ContentType: "text/plain", Content: strings.Join(bodies, "\n\n--------\n\n")}
		}
		return &cyclonedx.Licenses{{License: license}}
	}
	choice := cyclonedx.LicenseChoice{Expression: e.String()}
	if how != "" {
		choice.Acknowledgement = &how
	}
	return &cyclonedx.Licenses{choice}
}

// cycloneHashes are the digests of the package that CycloneDX knows.
func cycloneHashes(c *Component) []cyclonedx.Hash {
	digits := map[string]int{"MD5": 32, "SHA1": 40, "SHA256": 64, "SHA384": 96, "SHA512": 128}
	var hashes []cyclonedx.Hash
	for _, sum := range c.Checksums {
		if len(sum.Value) == digits[sum.Algorithm] && hexadecimal.MatchString(sum.Value) {
			algorithm := sum.Algorithm
			if n, sha := strings.CutPrefix(algorithm, "SHA"); sha {
				algorithm = fmt.Sprintf("SHA-%s", n)
			}
			hashes = append(hashes, cyclonedx.Hash{Algorithm: cyclonedx.HashAlgorithm(algorithm), Value: sum.Value})
		}
	}
	return hashes
}

// properties makes a list of names and values, without those that are empty.
func properties(pairs ...string) *[]cyclonedx.Property {
	list := []cyclonedx.Property{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, cyclonedx.Property{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return &list
}
