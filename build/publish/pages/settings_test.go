package pages

import (
	"fmt"
	"strings"
	"testing"

	"backfile/build/publish/release"
)

func TestCNAMEIsAdded(t *testing.T) {
	d := newDesk(t)
	o := d.options()
	o.CNAME = "archive.example"
	if _, err := Publish(t.Context(), d.release(), o); err != nil {
		t.Fatal(err)
	}
	if got := d.atRemote("show", "gh-pages:CNAME"); got != "archive.example" {
		t.Errorf("CNAME holds %q", got)
	}
	for base, want := range map[string]string{
		"https://archive.example/": "archive.example", "https://name.github.io/": "", "https://name.github.io/archive/": "",
		"https://archive.example/old/": "", "https://archive.example:8080/": "", "http://127.0.0.1/": "", "": "", "http://localhost/": "",
	} {
		if got := CNAME(base); got != want {
			t.Errorf("CNAME(%q) = %q, want %q", base, got, want)
		}
	}
}

// TestPasswordsAreNotShown: neither in an address nor in a setting of one's own
// repository, which is used all the same.
func TestPasswordsAreNotShown(t *testing.T) {
	d := newDesk(t)
	d.run(d.dir, "config", "http.extraHeader", "Authorization: Basic c2VjcmV0")
	d.run(d.dir, "remote", "set-url", "origin", "http://name:secret@127.0.0.1:1/x.git")
	_, err := d.publish()
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "c2Vj") || !strings.Contains(err.Error(), "http://127.0.0.1:1/x.git") {
		t.Errorf("a host that is not there: %v", err)
	}
	p := &publication{Options: d.options(), exe: "git"}
	env, err := p.settings(t.Context())
	if err != nil || !strings.Contains(strings.Join(env, "\n"), "http.extraheader\nGIT_CONFIG_VALUE_0=Authorization") {
		t.Errorf("the settings that are used are %q, %v", env, err)
	}
}

func TestSizeLimits(t *testing.T) {
	for _, tt := range []struct {
		r    release.Release
		want string
	}{
		{release.Release{Files: []release.File{{Path: "a", Size: FileLimit}}, Bytes: SiteLimit}, ""},
		{release.Release{Files: []release.File{{Path: "a.zip", Size: FileLimit + 1}}, Bytes: FileLimit + 1}, "a.zip has 105 MB"},
		{release.Release{Files: []release.File{{Path: "a", Size: 1}}, Bytes: SiteLimit + 1}, "the archive has 1.07 GB"},
	} {
		err := CheckSize(&tt.r)
		if got := fmt.Sprint(err); tt.want == "" && err != nil || tt.want != "" && !strings.HasPrefix(got, tt.want) {
			t.Errorf("CheckSize: %v, want %q…", err, tt.want)
		}
	}
}
