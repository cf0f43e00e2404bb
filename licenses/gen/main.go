// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Command gen builds the data that package licenses embeds: the list of SPDX ids and the templates of their texts.
//
//	go run ./gen -xml DIR -licensedb DIR -matrix FILE
//
// The first DIR is the src folder of the SPDX license-list-XML repository, the second the folder of ScanCode LicenseDB's .LICENSE
// files, FILE the OSADL compatibility matrix as JSON. What SPDX has no template for stands in gen/extra; the flags that the XML
// does not hold stand in gen/fsf.txt. Without both folders only the matrix is rebuilt, without -matrix only the rest. README.md
// tells where each source comes from.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

func main() {
	xmlDir := flag.String("xml", "", "folder of SPDX licence XML files")
	db := flag.String("licensedb", "", "folder of LicenseDB's .LICENSE files")
	matrix := flag.String("matrix", "", "OSADL matrix as JSON")
	src := flag.String("src", "gen", "folder that holds extra/ and fsf.txt")
	out := flag.String("out", "data", "folder to write to")
	flag.Parse()
	if err := run(*xmlDir, *db, *matrix, *src, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(xmlDir, db, matrix, src, out string) error {
	if matrix != "" {
		data, err := compactMatrix(matrix)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(out, "matrix.zst"), data); err != nil {
			return err
		}
	}
	if xmlDir == "" || db == "" {
		return nil
	}
	docs, err := readXML(xmlDir)
	if err != nil {
		return err
	}
	list, err := makeList(docs, filepath.Join(src, "fsf.txt"))
	if err != nil {
		return err
	}
	if err := write(filepath.Join(out, "list.zst"), list); err != nil {
		return err
	}
	templates, err := makeTemplates(docs, filepath.Join(src, "extra"))
	if err != nil {
		return err
	}
	others, err := readLicenseDB(db)
	if err != nil {
		return err
	}
	others = unlike(others, templates)
	if err := write(filepath.Join(out, "others.zst"), listOthers(others)); err != nil {
		return err
	}
	for _, o := range others {
		templates = append(templates, o.template)
	}
	data, err := encode(dedupe(templates))
	if err != nil {
		return err
	}
	return write(filepath.Join(out, "texts.zst"), data)
}

// write compresses data into a file.
func write(path string, data []byte) error {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	packed := w.EncodeAll(data, nil) // says how long the data is, so that the reader takes memory once
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %d compressed\n", path, len(data), len(packed))
	return os.WriteFile(path, packed, 0o644)
}
