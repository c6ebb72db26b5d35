package mirror_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfile/build/manifest"
	"backfile/build/manifest/release"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
	"backfile/build/mirror"
	"backfile/build/mirror/check"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"
)

// verifyWeb looks at all files of a copy on the web.
func verifyWeb(t *testing.T, url string, o check.Options) (*check.Report, error) {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = start
	}
	return check.Copy(t.Context(), url, o)
}

func TestAWebCopyIsLookedAt(t *testing.T) {
	isPage := func(r *http.Request) bool { return r.URL.Path == "/"+page }
	tests := []struct {
		name string
		hook func(w http.ResponseWriter, r *http.Request) bool
		o    check.Options
		want string // of the only finding; "" for none
	}{
		{"honest", nil, check.Options{}, ""},
		{"a part of it", nil, check.Options{Sample: 20}, ""},
		{"altered page", answer(page, text("<script>")), check.Options{}, page + " differs from the manifest (8 bytes, not 41)"},
		{"endless page", answer(page, endless), check.Options{}, page + " differs from the manifest (42 bytes, not 41)"},
		{"missing page", answer(page, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }), check.Options{}, page + " is missing"},
		{"old page in a cache", func(w http.ResponseWriter, r *http.Request) bool {
			if isPage(r) && r.URL.Query().Get("fresh") == "" {
				text("old")(w, r)
				return true
			}
			return false
		}, check.Options{}, ""},
		{"sent as text", func(w http.ResponseWriter, r *http.Request) bool {
			if isPage(r) {
				w.Header().Set("Content-Type", "text/plain")
			}
			return false
		}, check.Options{}, "browsers will not show it as a page"},
		{"something else for browsers", func(w http.ResponseWriter, r *http.Request) bool {
			if isPage(r) && strings.Contains(r.UserAgent(), "Firefox") {
				text("<script>")(w, r)
				return true
			}
			return false
		}, check.Options{Source: source.Options{Browser: true}}, page + " differs from the manifest (8 bytes, not 41)"},
		{"gone after the list", func(w http.ResponseWriter, r *http.Request) bool {
			if isPage(r) {
				panic(http.ErrAbortHandler)
			}
			return false
		}, check.Options{}, "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newArchive(t)
			s := serve(t, a.public())
			s.hook = tt.hook
			rep, err := verifyWeb(t, s.URL, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range rep.Findings {
				got = append(got, f.Error())
			}
			if all := strings.Join(got, "\n"); tt.want == "" && all != "" || !strings.Contains(all, tt.want) || len(got) > 1 {
				t.Errorf("verify found %q, want %q", all, tt.want)
			}
			want := len(a.files)
			if tt.o.Sample > 0 {
				want = tt.o.Sample
			}
			if rep.Looked != want || rep.Files != len(a.files) {
				t.Errorf("it looked at %d of %d files, want %d of %d", rep.Looked, rep.Files, want, len(a.files))
			}
		})
	}
}

func TestVerifyBelievesNoBadHead(t *testing.T) {
	a := newArchive(t)
	head, err := os.ReadFile(filepath.Join(a.public(), "mirror/head"))
	if err != nil {
		t.Fatal(err)
	}
	h := a.open().Head
	bare := h
	bare.Release = manifest.Release{}
	stranger, err := secret.New("lantern.example")
	if err != nil {
		t.Fatal(err)
	}
	other, err := stranger.Sign([]byte(h.String()))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"stripped": string(manifest.Text(head)), "unsigned": bare.String(), "of a stranger": string(other), "edited": strings.Replace(string(head), "files 19", "files 18", 1),
		"empty": "", "endless": strings.Repeat("x", 100_000),
	} {
		a.write(manifest.HeadPath, text)
		for _, name2 := range []string{a.public(), serve(t, a.public()).URL} {
			if _, err := verifyWeb(t, name2, check.Options{}); fault.Of(err) != fault.Signature && fault.Of(err) != fault.Unreachable {
				t.Errorf("a head that is %s, from %s: %v", name, name2, err)
			}
		}
	}
}

// An archive that was never signed has a list, and that can be compared with:
// it is not called signed.
func TestAnUnsignedArchiveIsCalledSo(t *testing.T) {
	a := newArchive(t)
	bare := a.open().Head
	bare.Release = manifest.Release{}
	a.write(manifest.HeadPath, bare.String())
	for _, dir := range []string{"keys", "h"} {
		if err := os.RemoveAll(filepath.Join(a.public(), "mirror", dir)); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := check.Copy(t.Context(), a.public(), check.Options{Now: start})
	if err != nil || len(rep.Findings) > 0 || rep.Head.Signed() || rep.Offer != nil {
		t.Errorf("an unsigned archive: %+v, %v", rep, err)
	}
	if _, err := check.Copy(t.Context(), a.public(), check.Options{Now: start, Pins: []trust.Fingerprint{a.key.Fingerprint()}}); fault.Of(err) != fault.Signature {
		t.Errorf("with a key asked for: %v, want status 12", err)
	}
	if err := os.WriteFile(filepath.Join(a.public(), "404.html"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := findings(t, a.public()); len(got) != 1 || !strings.HasPrefix(got[0], "404.html differs") {
		t.Errorf("verify found %q", got)
	}
}

func TestABoardComparesCopies(t *testing.T) {
	a := newArchive(t)
	beacon, err := secret.New("lantern.example" + trust.BeaconSuffix)
	if err != nil {
		t.Fatal(err)
	}
	a.rotate(release.KeyChange{Beacons: []string{beacon.Line}}, a.key)
	late, behind := t.TempDir(), a.twin()
	p, err := part.Parse("2010")
	if err != nil {
		t.Fatal(err)
	}
	a.files[page] = pageNow
	a.publish()
	mustSync(t, late, mirror.Options{Only: p}, a.public())
	alive := start.AddDate(0, 2, 0)
	if _, err := a.open().Alive(a.public(), []*secret.Key{beacon}, alive); err != nil {
		t.Fatal(err)
	}
	forked := behind.twin()
	forked.files[page] = "lies"
	forked.publish()
	names := []string{a.public(), late, behind.public(), filepath.Join(t.TempDir(), "none")}
	rows, err := check.Board(t.Context(), names, check.Options{Now: alive.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if !rows[0].Beacon.Time.Equal(alive) || rows[0].Behind != 0 || !rows[0].Overdue {
		t.Errorf("the newest: %+v", rows[0])
	}
	if rows[1].Part.String() != "2010" || rows[1].Status.Version != 2 || rows[1].Status.Result != 0 {
		t.Errorf("the part: %+v", rows[1])
	}
	if rows[2].Behind != 1 || fault.Of(rows[3].Err) != fault.Unreachable {
		t.Errorf("the one behind: %+v; the one that is not there: %v", rows[2], rows[3].Err)
	}
	if _, err := check.Board(t.Context(), append(names, forked.public()), check.Options{Now: alive}); fault.Of(err) != fault.Fork {
		t.Errorf("with a fork among them: %v, want status 11", err)
	}
	// A beacon keeps a copy from being called stale, for a week.
	for _, tt := range []struct {
		after time.Duration
		stale bool
	}{{time.Hour, false}, {9 * 24 * time.Hour, true}} {
		rep := mustSync(t, t.TempDir(), mirror.Options{Now: alive.Add(tt.after)}, a.public())
		if rep.Stale != tt.stale {
			t.Errorf("%v after the beacon the copy is stale: %v, want %v", tt.after, rep.Stale, tt.stale)
		}
	}
}
