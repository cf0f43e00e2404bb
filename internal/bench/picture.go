// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
)

// pictureQuery is what the README's picture shows the answer to.
const pictureQuery = "parse date header"

// takePicture serves the demo and photographs the first results as a French visitor sees them.
func takePicture(ctx context.Context, p program, into string) (err error) {
	s, err := p.serve(ctx, "demo")
	if err != nil {
		return err
	}
	defer func() {
		_, stopped := s.stop()
		err = errors.Join(err, stopped)
	}()
	profile, err := os.MkdirTemp("", "communs-picture-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	raw := filepath.Join(profile, "raw.png")
	address := s.url + "/code?lang=fr&q=" + url.QueryEscape(pictureQuery)
	if err := tool(ctx, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+profile,
		"--window-size=1100,900", "--screenshot="+raw, address); err != nil {
		return err
	}
	return tool(ctx, "pngquant", "--force", "--strip", "--speed=1", "--output", into, "64", raw)
}

func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
