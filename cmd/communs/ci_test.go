// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// ciFiles runs what the files in docs/ci say: each on a project that complies and on one that does not.
func (b *binary) ciFiles() {
	t := b.t
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	var gitlab struct {
		Licences struct {
			Script    []string
			Artifacts struct {
				Paths   []string
				Reports map[string]string
			}
		}
	}
	readYAML(t, "gitlab-ci.yml", &gitlab)
	made := gitlab.Licences.Artifacts.Paths
	for _, name := range gitlab.Licences.Artifacts.Reports {
		made = append(made, name)
	}
	b.ciRun("gitlab", strings.Join(gitlab.Licences.Script, "\n"), made)

	var github struct {
		Jobs map[string]struct {
			Steps []struct {
				Name, Run string
				With      map[string]string
			}
		}
	}
	readYAML(t, "github-action.yml", &github)
	var script string
	made = nil
	for _, step := range github.Jobs["licences"].Steps {
		if step.Name == "audit" {
			script = step.Run
		}
		made = append(made, strings.Fields(step.With["sarif_file"]+" "+step.With["path"])...)
	}
	b.ciRun("github", script, made)

	var offered []struct {
		ID, Entry string
		Args      []string
	}
	readYAML(t, "../../.pre-commit-hooks.yaml", &offered)
	b.ciRun("hooks", offered[0].Entry+" "+strings.Join(offered[0].Args, " "), nil)

	var wanted struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	readYAML(t, "pre-commit-config.yaml", &wanted)
	hook := wanted.Repos[0].Hooks[0]
	if hook.ID != offered[0].ID {
		t.Errorf("pre-commit-config.yaml asks for the hook %q, .pre-commit-hooks.yaml offers %q", hook.ID, offered[0].ID)
	}
	b.ciRun("pre-commit tool", offered[0].Entry+" "+strings.Join(hook.Args, " "), nil)

	text, err := os.ReadFile("../../docs/ci/pre-commit")
	if err != nil {
		t.Fatal(err)
	}
	b.ciRun("pre-commit", string(text), nil)
}

func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// ciRun runs a script where it would run, and looks at what it leaves.
func (b *binary) ciRun(name, script string, made []string) {
	t := b.t
	if strings.TrimSpace(script) == "" {
		t.Fatalf("%s: no script", name)
	}
	for _, project := range []struct {
		license string
		code    int
	}{{"EUPL-1.2", 0}, {"SSPL-1.0", 1}} {
		dir := t.TempDir()
		for file, text := range map[string]string{
			"main.c":        "// SPDX-FileCopyrightText: 2026 Camille Martin\n// SPDX-License-Identifier: " + project.license + "\nint main(void) { return 0; }\n",
			"package.json":  `{"name": "essai", "version": "1.0.0", "license": "EUPL-1.2"}`,
			"licences.toml": "# SPDX-FileCopyrightText: 2026 Camille Martin\n# SPDX-License-Identifier: CC0-1.0\ninto = \"EUPL-1.2\"\ndeny = [\"SSPL-1.0\"]\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
			t.Fatalf("git init: %v\n%s", err, out)
		}
		if out, err := exec.Command("git", "-C", dir, "add", ".").CombinedOutput(); err != nil {
			t.Fatalf("git add: %v\n%s", err, out)
		}
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(b.path)+string(os.PathListSeparator)+os.Getenv("PATH"), "COMMUNS_AUDIT=", "HOME="+b.home)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if code := cmd.ProcessState.ExitCode(); err != nil && !errors.As(err, &exit) || code != project.code {
			t.Errorf("%s, a project under %s: %v, exit code %d, want %d\n%s", name, project.license, err, code, project.code, out)
		}
		for _, file := range made {
			if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() == 0 {
				t.Errorf("%s, a project under %s: %s is not made", name, project.license, file)
			}
		}
	}
}
