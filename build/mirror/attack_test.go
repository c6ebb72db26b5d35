package mirror_test

import (
	"fmt"
	"io"
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
	"backfile/build/mirror/source"
)

// findings returns what verify finds in a folder, or why it believes nothing.
func findings(t testing.TB, dir string) []string {
	t.Helper()
	rep, err := check.Copy(t.Context(), dir, check.Options{Now: start})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, f := range rep.Findings {
		out = append(out, f.Error())
	}
	return out
}

// An attack is what a hostile source does when version 2 is out.
type attack struct {
	name string
	do   func(a *archive, s *server)
	kind fault.Kind
	want string // in the message
}

// patience is how the source of an attack is read: some attack our patience.
func (a attack) patience() source.Options {
	if a.name == "silence" || a.name == "slow loris" {
		return source.Options{Idle: 300 * time.Millisecond, Slowest: 1 << 20}
	}
	return source.Options{}
}

// answer makes a hook that answers for one path.
func answer(path string, do func(w http.ResponseWriter, r *http.Request)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+path {
			return false
		}
		do(w, r)
		return true
	}
}

func text(s string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
}

// flip changes one byte.
func flip(s string) string { return s[:len(s)/2] + string(s[len(s)/2]^1) + s[len(s)/2+1:] }

// page is a file of version 1 that version 2 changes, and its text then.
const page, pageNow = "2012/03/01/story-2.html", "<p>Story 2, corrected.</p>"

var attacks = []attack{
	{"flipped byte", func(_ *archive, s *server) { s.hook = answer(page, text(flip(pageNow))) }, fault.Incomplete, "other bytes than the signed list says"},
	{"truncated file", func(_ *archive, s *server) { s.hook = answer(page, text(pageNow[:9])) }, fault.Incomplete, "other bytes"},
	{"longer file", func(_ *archive, s *server) { s.hook = answer(page, text(pageNow+"<script>")) }, fault.Incomplete, "longer than it may be"},
	{"withheld file", func(_ *archive, s *server) {
		s.hook = answer(page, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	},
		fault.Incomplete, "404"},
	{"swapped files", func(a *archive, s *server) { s.hook = answer(page, text(a.files["2013/04/01/story-3.html"])) }, fault.Incomplete, ""},
	{"old page under a new head", func(a *archive, s *server) { s.hook = answer(page, text("<p>Story 2: the river rose 14 inches.</p>")) },
		fault.Incomplete, ""},
	{"stripped signature", func(a *archive, s *server) {
		b, _ := os.ReadFile(filepath.Join(a.public(), "mirror/head"))
		s.hook = answer(manifest.HeadPath, text(string(manifest.Text(b))))
	}, fault.Signature, "not signed"},
	{"unsigned head", func(a *archive, s *server) {
		h := a.open().Head
		h.Release = manifest.Release{}
		s.hook = answer(manifest.HeadPath, text(h.String()))
	}, fault.Signature, "is not signed"},
	{"edited head", func(a *archive, s *server) {
		b, _ := os.ReadFile(filepath.Join(a.public(), "mirror/head"))
		s.hook = answer(manifest.HeadPath, text(strings.Replace(string(b), "version 2", "version 3", 1)))
	}, fault.Signature, "is false"},
	{"block page", func(_ *archive, s *server) {
		s.hook = answer(manifest.HeadPath, text("<html>This site is blocked.</html>"))
	},
		fault.Signature, "not the head of a manifest"},
	{"wrong key", func(a *archive, s *server) {
		other, err := secret.New("lantern.example")
		if err != nil {
			a.t.Fatal(err)
		}
		file, err := other.Sign([]byte(a.open().Head.String()))
		if err != nil {
			a.t.Fatal(err)
		}
		s.hook = answer(manifest.HeadPath, text(string(file)))
	}, fault.Signature, "0 of the 1 signatures"},
	{"endless head", func(_ *archive, s *server) { s.hook = answer(manifest.HeadPath, endless) }, fault.Unreachable, "longer than it may be, 16384 bytes"},
	{"endless page", func(_ *archive, s *server) { s.hook = answer(page, endless) }, fault.Incomplete, "longer than it may be"},
	{"endless large file", func(_ *archive, s *server) { s.hook = answer("2013/04/01/flood.jpg", endless) }, fault.Incomplete, "other bytes"},
	{"silence", func(_ *archive, s *server) {
		s.hook = answer(page, func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-r.Context().Done() })
	}, fault.Unreachable, "stopped answering"},
	{"slow loris", func(_ *archive, s *server) { s.hook = answer(manifest.HeadPath, loris) }, fault.Unreachable, "too slowly"},
	{"redirect to another host", func(a *archive, s *server) {
		elsewhere := serve(a.t, a.public())
		s.hook = answer(page, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/"+page, http.StatusFound)
		})
	}, fault.Unreachable, "another host"},
	{"redirect in circles", func(_ *archive, s *server) {
		s.hook = answer(page, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/"+page, http.StatusFound) })
	}, fault.Unreachable, "in circles"},
}

func endless(w http.ResponseWriter, r *http.Request) {
	junk := make([]byte, 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(junk); err != nil {
			return
		}
	}
}

// loris sends a byte now and then, so that the line is never silent.
func loris(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte("x")); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestNoAttackGetsThrough: whatever a source does, the copy keeps the version
// it has, whole; and with an honest source it goes on.
func TestNoAttackGetsThrough(t *testing.T) {
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newArchive(t)
			dir := t.TempDir()
			mustSync(t, dir, mirror.Options{}, a.public())
			a.files[page] = pageNow
			a.files["2013/04/01/flood.jpg"] += "more"
			a.publish()
			before := readTree(t, dir)
			s := serve(t, a.public())
			tt.do(a, s)
			_, err := syncWith(t, dir, mirror.Options{}, tt.patience(), s.URL)
			wantFault(t, err, tt.kind, tt.want)
			after := readTree(t, dir)
			delete(before, manifest.StatusPath)
			delete(after, manifest.StatusPath)
			if fmt.Sprint(before) != fmt.Sprint(after) {
				t.Error("the copy was changed")
			}
			if v := mustVerify(t, dir); v != 1 {
				t.Errorf("the copy is version %d, want 1", v)
			}
			mustSync(t, dir, mirror.Options{}, a.public())
			if v := mustVerify(t, dir); v != 2 {
				t.Errorf("from an honest source came version %d, want 2", v)
			}
		})
	}
}

// The same against a copy that is new: nothing at all is put in place.
func TestNothingUnverifiedBeginsACopy(t *testing.T) {
	for _, tt := range attacks {
		if tt.name == "old page under a new head" {
			continue // there is none yet
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newArchive(t)
			a.files[page] = pageNow
			a.files["2013/04/01/flood.jpg"] += "more"
			a.publish()
			s := serve(t, a.public())
			tt.do(a, s)
			dir := t.TempDir()
			if _, err := syncWith(t, dir, mirror.Options{Pins: []trust.Fingerprint{a.key.Fingerprint()}}, tt.patience(), s.URL); fault.Of(err) == 0 {
				t.Errorf("sync ended with %v", err)
			}
			if tree := readTree(t, dir); len(tree) > 0 {
				t.Errorf("the copy holds %d files", len(tree))
			}
		})
	}
}

func TestRollbackIsRefused(t *testing.T) {
	a := newArchive(t)
	old := a.twin()
	dir := t.TempDir()
	a.files[page] = pageNow
	a.publish()
	mustSync(t, dir, mirror.Options{}, a.public())
	_, err := syncFrom(t, dir, mirror.Options{}, old.public())
	wantFault(t, err, fault.Rollback, "it has version 1, and version 2 was seen already")
	if mustVerify(t, dir) != 2 {
		t.Error("the copy is not version 2 any more")
	}
	// Also when the files of the newer version never came.
	other := t.TempDir()
	s := serve(t, a.public())
	s.hook = answer(page, text("x"))
	if _, err := syncFrom(t, other, mirror.Options{}, s.URL); err == nil {
		t.Fatal("a false file came through")
	}
	_, err = syncFrom(t, other, mirror.Options{}, old.public())
	wantFault(t, err, fault.Rollback, "version 2 was seen already")
}

func TestForksAreEvidence(t *testing.T) {
	a := newArchive(t)
	b := a.twin()
	a.files[page], b.files[page] = "one", "other"
	a.publish()
	b.publish()
	later := b.twin()
	later.files[page] = "another yet"
	later.publish()
	evidence := func(dir string) int {
		found, err := filepath.Glob(filepath.Join(dir, ".backfile-sync/evidence/*/*.head"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	for _, tt := range []struct {
		name  string
		first []string
		then  []string
	}{
		{"another version 2", []string{a.public()}, []string{b.public()}},
		{"a version 3 that follows from another 2", []string{a.public()}, []string{later.public()}},
		{"two sources", nil, []string{a.public(), b.public()}},
		{"two sources, one further on", nil, []string{a.public(), later.public()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.first != nil {
				mustSync(t, dir, mirror.Options{}, tt.first...)
			}
			_, err := syncFrom(t, dir, mirror.Options{}, tt.then...)
			wantFault(t, err, fault.Fork, "keep both heads")
			if n := evidence(dir); n != 2 {
				t.Errorf("%d heads are kept, want 2", n)
			}
			if tt.first != nil {
				mustVerify(t, dir)
			}
		})
	}
}

// rotate puts a statement in force that takes the place of the last.
func (a *archive) rotate(c release.KeyChange, keys ...*secret.Key) {
	a.t.Helper()
	f := a.open()
	c.Time = a.now
	s, err := f.Next(c)
	if err != nil {
		a.t.Fatal(err)
	}
	state, err := f.Agree(s, keys)
	if err != nil || !state.Done {
		a.t.Fatalf("statement %d: %+v, %v", s.Number, state, err)
	}
}

func TestKeysAreFollowedAndRevokedOnesRefused(t *testing.T) {
	a := newArchive(t)
	thief := a.twin() // has the key of version 1
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{Pins: []trust.Fingerprint{a.key.Fingerprint()}}, a.public())
	second, err := secret.New("lantern.example")
	if err != nil {
		t.Fatal(err)
	}
	first := a.key
	a.rotate(release.KeyChange{Add: []string{second.Line}, Revoke: []trust.Fingerprint{first.Fingerprint()}}, first, second)
	a.key = second
	a.files[page] = pageNow
	a.publish()
	mustSync(t, dir, mirror.Options{}, a.public())
	if mustVerify(t, dir) != 2 {
		t.Error("the new key was not followed")
	}
	// The thief goes on with the old key from where it was good.
	thief.files[page] = "lies"
	thief.publish()
	thief.publish()
	thief.files[page] = "more lies"
	thief.publish()
	_, err = syncFrom(t, dir, mirror.Options{}, thief.public())
	wantFault(t, err, fault.Signature, "signed by a key that was revoked")
	// Whoever has the new statement beside a head of the old key is told.
	statement, err := os.ReadFile(filepath.Join(a.public(), trust.StatementPath(2)))
	if err != nil {
		t.Fatal(err)
	}
	thief.write(trust.StatementPath(2), string(statement))
	if got := findings(t, thief.public()); len(got) != 1 || !strings.Contains(got[0], "revoked") {
		t.Errorf("verify found %q, want the revoked key", got)
	}
}

// A key that was replaced, and not revoked, signs nothing new.
func TestAReplacedKeySignsNothingNew(t *testing.T) {
	a := newArchive(t)
	thief := a.twin()
	second, err := secret.New("lantern.example")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	first := a.key
	a.rotate(release.KeyChange{Add: []string{second.Line}, Remove: []trust.Fingerprint{first.Fingerprint()}}, first, second)
	a.key = second
	a.files[page] = pageNow
	a.publish()
	mustSync(t, dir, mirror.Options{}, a.public())
	for i := range 3 {
		thief.files[page] = fmt.Sprint("lies ", i)
		thief.publish()
	}
	_, err = syncFrom(t, dir, mirror.Options{}, thief.public())
	wantFault(t, err, fault.Signature, "signed by keys that others had replaced")
}

func TestAPinnedKeyMustHaveSigned(t *testing.T) {
	a, imitation := newArchive(t), newArchive(t)
	for _, o := range []mirror.Options{{Pins: []trust.Fingerprint{a.key.Fingerprint()}}, {Pins: []trust.Fingerprint{a.key.Fingerprint(), imitation.key.Fingerprint()}}} {
		_, err := syncFrom(t, t.TempDir(), o, imitation.public())
		wantFault(t, err, fault.Signature, "another's, or an imitation")
	}
	dir := t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	_, err := syncFrom(t, dir, mirror.Options{}, imitation.public())
	wantFault(t, err, fault.Signature, "")
	if mustVerify(t, dir) != 1 {
		t.Error("the copy was changed")
	}
}
