package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a command line in this process.
func run(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = Main(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// TestSampleArchiveHasNoFault: the archive that the project shows is what it
// promises, wherever it is published.
func TestSampleArchiveHasNoFault(t *testing.T) {
	for _, base := range []string{"", "base_url: https://lantern.example/archive/\n"} {
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, "content"), os.DirFS("../../content")); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile("../../site.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "site.yaml"), append(src, "\n"+base...), 0o644); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := run("-C", dir, "build"); status != 0 {
			t.Fatal(stderr)
		}
		if status, stdout, stderr := run("-C", dir, "check"); status != 0 || !strings.HasSuffix(stderr, "nothing found\n") {
			t.Errorf("with %q check ends with %d:\n%s%s", base, status, stdout, stderr)
		}
		checkServed(t, filepath.Join(dir, "public"))
	}
}

// checkServed checks an archive by its address, whole and with a fault.
func checkServed(t *testing.T, public string) {
	t.Helper()
	host := httptest.NewServer(http.StripPrefix("/a/", http.FileServer(http.Dir(public))))
	defer host.Close()
	if status, stdout, stderr := run("check", host.URL+"/a/"); status != 0 || !strings.Contains(stderr, "pages") {
		t.Errorf("the same at %s: status %d\n%s%s", host.URL, status, stdout, stderr)
	}
	if err := os.Remove(filepath.Join(public, "about.html")); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := run("check", host.URL+"/a/")
	if status != 1 || !strings.Contains(stderr, "about.html") {
		t.Errorf("without about.html: status %d\n%s", status, stderr)
	}
	if status, _, stderr := run("check", host.URL+"/b/"); status != 1 || !strings.Contains(stderr, "there is no mirror/head") {
		t.Errorf("of another site: status %d\n%s", status, stderr)
	}
}

// TestSarifIsWhatCodeHostsRead: the parts that they ask for are there.
func TestSarifIsWhatCodeHostsRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<a href=\"x y.html\">"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, _ := run("check", "--sarif", dir)
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &log); err != nil || status != 1 || log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 {
		t.Fatalf("status %d, %v, %+v", status, err, log)
	}
	for _, r := range log.Runs[0].Results {
		if log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || len(r.Locations) != 1 || !strings.HasSuffix(r.Locations[0].PhysicalLocation.ArtifactLocation.URI, "/index.html") {
			t.Errorf("a result is %+v", r)
		}
	}
}
