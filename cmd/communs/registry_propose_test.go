// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"communs/crawler"
	"communs/internal/durable"
	"communs/internal/sqlite"
	"communs/registry"
)

// memberForge is a server that is every host: a GitLab with the group coop, whose repositories it serves, and others beside.
func memberForge(t *testing.T) *url.URL {
	t.Helper()
	root := t.TempDir()
	env := []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.DevNull,
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org"}
	git := func(args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = root, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	backend := filepath.Join(git("--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Skipf("git http-backend is not installed: %v", err)
	}
	licence, err := os.ReadFile("../../LICENSES/EUPL-1.2.txt")
	if err != nil {
		t.Fatal(err)
	}
	make := func(name string, files map[string]string) {
		work := filepath.Join(root, "work", name)
		if _, err := os.Stat(work); err != nil {
			git("init", "-q", "-b", "main", work)
		}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(work, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		git("-C", work, "add", "-A")
		git("-C", work, "commit", "-q", "-m", "more")
		git("clone", "-q", "--bare", work, name+".git")
	}
	members := map[string]string{"LICENSE": string(licence), "README.md": "# Cotisations\n\nCotisations est un logiciel de gestion d'adhérents pour les associations.\n"}
	for i := range 10 {
		members[fmt.Sprintf("part%d.go", i)] = fmt.Sprintf("package part\n\nconst N%d = %d\n", i, i)
	}
	make("coop/cotisations", members)
	git("clone", "-q", "work/coop/cotisations", "work/autre/cotisations") // a fork, with a change of its own, and a mirror
	make("autre/cotisations", map[string]string{"part3.go": "package part\n\n// another\n"})
	git("clone", "-q", "--bare", "work/coop/cotisations", "miroir/cotisations.git")
	make("coop/outil", map[string]string{"LICENSE": string(licence), "README.md": "# outil\n\nA JavaScript library for video conferencing in the browser.\n"})
	make("coop/secret", map[string]string{"README.md": "# secret\n\nA program for video conferencing with all the members.\n"})
	make("coop/salon", map[string]string{"LICENSE": string(licence), "publiccode.yml": "publiccodeYmlVersion: \"0.5\"\nname: Le Salon\nurl: https://gitlab.example.org/coop/salon\n" +
		"platforms: [web]\ncategories: [video-conferencing]\ndevelopmentStatus: stable\nsoftwareType: standalone/web\ndescription:\n  fr:\n    shortDescription: Des réunions à distance.\n"})
	type project = map[string]any
	var list []project
	for _, name := range []string{"cotisations", "outil", "secret", "salon", "vieux"} {
		at := "https://gitlab.example.org/coop/" + name
		list = append(list, project{"web_url": at, "http_url_to_repo": at + ".git", "path": name, "path_with_namespace": "coop/" + name, "archived": name == "vieux", "last_activity_at": "2026-01-02T03:04:05Z"})
	}
	make("coop/vieux", map[string]string{"LICENSE": string(licence), "README.md": "# vieux\n\nA video conferencing server.\n"})
	mux := http.NewServeMux()
	mux.Handle("/", &cgi.Handler{Path: backend, Env: append(env, "GIT_PROJECT_ROOT="+root, "GIT_HTTP_EXPORT_ALL=1"), Stderr: io.Discard})
	mux.HandleFunc("/api/v4/groups/coop/projects", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(list)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// From a list of members to their software: the list is imported, its forges are crawled, what is there is proposed, once, as theirs.
func TestMembersAreCrawledAndTheirSoftwareIsProposed(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "members.csv")
	if err := os.WriteFile(list, []byte("Nom;Forge\nCoopérative;https://gitlab.example.org/coop\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	communs := func(want int, args ...string) string {
		t.Helper()
		var out, told strings.Builder
		if code := run(t.Context(), append([]string{"communs", "--data", data}, args...), []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &out, &told); code != want {
			t.Fatalf("%v: %d\n%s%s", args, code, out.String(), told.String())
		}
		return out.String()
	}
	communs(0, "registry", "import", "base", "--quiet")
	communs(0, "registry", "import", "members", list, "--licence", "etalab-2.0")
	p, _, _ := testProgram(t, "fr")
	p.settings.data = data
	sources, err := p.memberSources(t.Context())
	if err != nil || len(sources) != 1 || sources[0].Kind != crawler.KindGitLab || sources[0].Group != "coop" || sources[0].URL != "https://gitlab.example.org" {
		t.Fatalf("%+v, %v", sources, err)
	}
	const mirror, fork = "https://code.example.net/miroir/cotisations", "https://gitlab.example.org/autre/cotisations"
	for _, at := range []string{mirror, fork} {
		sources = append(sources, crawler.SourceConfig{Kind: crawler.KindGit, URL: at})
	}
	c, err := crawler.Open(t.Context(), crawler.Config{Dir: data, Client: &http.Client{Transport: towards{memberForge(t)}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	summary, err := c.Crawl(t.Context(), sources, nil)
	if err != nil || summary.New != 7 {
		t.Fatalf("%+v, %v", summary, err)
	}
	communs(0, "index", "--quiet")
	propose := func(args ...string) (r proposeResult) {
		t.Helper()
		if err := json.Unmarshal([]byte(communs(0, append([]string{"registry", "propose", "--format", "json"}, args...)...)), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := propose("--dry-run")
	not := map[string]string{}
	for _, n := range r.Not {
		not[n.Repository] = n.Reason
	}
	const coop = "https://gitlab.example.org/coop/"
	want := map[string]string{mirror: "mirror", fork: "fork", coop + "outil": "library", coop + "secret": "no-licence", coop + "vieux": "archived"}
	if d := cmp.Diff(want, not); d != "" {
		t.Errorf("not proposed (-want +got)\n%s", d)
	}
	if r.New != 2 || r.Looked != 7 || len(r.Software) != 2 {
		t.Errorf("%+v", r)
	}
	if again := propose("--dry-run"); again.New != 2 {
		t.Errorf("a dry run has written: %+v", again)
	}
	if r = propose(); r.New != 2 {
		t.Errorf("%+v", r)
	}
	known, err := p.openRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	for _, it := range r.Software {
		s, ok := known.Last().Software(it.Software.ID)
		if !ok || s.Status != registry.Proposed || it.Organisation != "cooperative" || s.Sources[0].Licence != "EUPL-1.2" || s.Sources[0].Version == "" || len(s.Reasons) == 0 {
			t.Fatalf("%+v of %s", s, it.Organisation)
		}
		if own := known.Last().SoftwareOf("cooperative"); !slices.Contains(own, s) {
			t.Errorf("%s is not the cooperative's: %v", s.ID, own)
		}
		how := s.Reasons[slices.IndexFunc(s.Reasons, func(r registry.Reason) bool { return r.Field == "needs" })]
		switch s.Repositories[0] {
		case coop + "cotisations":
			if s.Needs[0] != "adherents" || how.Words != "gestion d'adhérents" || how.Path != "README.md" || how.Line != 3 || s.Licence != "EUPL-1.2" {
				t.Errorf("%+v", s)
			}
		case coop + "salon":
			if s.Name != "Le Salon" || s.Needs[0] != "visioconference" || how.How != "registry.how.proposed.publiccode" {
				t.Errorf("%+v", s)
			}
		default:
			t.Errorf("%+v", s)
		}
	}
	at, _ := known.Last().FindRepository(mirror)
	if same := known.Last().SoftwareAt(mirror); at == nil || at.MirrorOf != coop+"cotisations" || len(same) != 1 {
		t.Errorf("the mirror: %+v, %v", at, same)
	}
	if at, _ = known.Last().FindRepository(fork); at == nil || at.ForkOf != coop+"cotisations" || len(known.Last().SoftwareAt(fork)) != 0 {
		t.Errorf("the fork: %+v", at)
	}
	if at, _ = known.Last().FindRepository(coop + "cotisations"); at == nil || at.Licence.Value != "EUPL-1.2" || at.Libre.Value != "yes" {
		t.Errorf("the repository: %+v", at)
	}
	if again := propose(); again.New+again.Changed+again.Refused != 0 || again.Same != 2 {
		t.Errorf("the second time: %+v", again)
	}
	// A crawl keeps it up to date: what moved is proposed anew and looked at, and once seen it has a week's rest.
	s := &store{dir: data, disk: &durable.Disk{}, crawler: c}
	moved := map[string]bool{crawler.AddressKey(coop + "salon"): true}
	for day, asked := range []int{1, 0} {
		kept, err := p.keepCatalogue(t.Context(), s, moved, false, 1)
		if err != nil || kept.Proposed.Looked != 1 || kept.Proposed.Same != 1 || (kept.Activity != nil) != (asked == 1) {
			t.Fatalf("crawl %d: %+v, %v", day, kept, err)
		}
		if asked == 1 && (kept.Activity.Read != 1 || kept.Activity.Repositories != 1) {
			t.Errorf("%+v", kept.Activity)
		}
	}
	if kept, err := p.keepCatalogue(t.Context(), s, nil, false, 1); kept != nil || err != nil {
		t.Errorf("nothing moved, and yet: %+v, %v", kept, err)
	}
	// What was renamed need not have moved: a crawl of one address or of what webhooks named tells the catalogue too.
	const before = "https://gitlab.example.org/coop/avant"
	db, err := sqlite.Open(t.Context(), filepath.Join(data, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO crawl_aliases VALUES (?,?,?,1)`, crawler.AddressKey(before), before, crawler.AddressKey(coop+"salon")); err != nil {
		t.Fatal(err)
	}
	records, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	put, err := registry.Put(&registry.Repository{Meta: registry.Meta{ID: before, Status: registry.Proposed, Sources: []registry.Source{{Name: "found", Licence: "CC0-1.0"}}}}, 0)
	if err == nil {
		_, err = records.Apply(t.Context(), put)
	}
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := p.keepCatalogue(t.Context(), s, nil, false, 1); kept != nil || err != nil {
		t.Errorf("%+v, %v", kept, err)
	}
	now, err := registry.Load(t.Context(), records)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := now.FindRepository(before); !ok || at.ID != coop+"salon" {
		t.Errorf("the catalogue has not heard of the rename: %+v", at)
	}
	communs(exitNo, "registry", "propose", mirror)
	communs(exitFailure, "registry", "propose", "https://gitlab.example.org/coop/rien")
}
