package release

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
	"backfile/build/manifest/secret"
	"backfile/build/manifest/trust"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A site is one whose public/ a test makes without a build.
type site struct {
	t     *testing.T
	dir   string
	files map[string]string
	now   time.Time
}

func newSite(t *testing.T) *site {
	s := &site{t: t, dir: t.TempDir(), files: map[string]string{}, now: start}
	for i := range 300 {
		s.files[fmt.Sprintf("2020/01/01/story-%d.html", i)] = fmt.Sprint("story ", i)
	}
	return s
}

func newKey(t *testing.T, name string) *secret.Key {
	t.Helper()
	k, err := secret.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (s *site) public() string { return filepath.Join(s.dir, "public") }

func (s *site) open() *Folder {
	s.t.Helper()
	f, err := Open(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

// build makes the manifest of the files, as a build does, and returns what of
// releases/ is published with it.
func (s *site) build() map[string]string {
	s.t.Helper()
	if err := os.RemoveAll(s.public()); err != nil {
		s.t.Fatal(err)
	}
	var list []manifest.File
	for _, p := range slices.Sorted(maps.Keys(s.files)) {
		list = append(list, manifest.File{Path: p, Size: int64(len(s.files[p])), Sum: digest.Plain([]byte(s.files[p]))})
	}
	put := func(p string, b []byte) {
		file := filepath.Join(s.public(), filepath.FromSlash(p))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, b, 0o644)); err != nil {
			s.t.Fatal(err)
		}
	}
	head, err := manifest.Make(slices.Values(list), func(sh manifest.Shard) error {
		var b strings.Builder
		err := sh.Compress(&b)
		put(sh.Path(), []byte(b.String()))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]string{}
	err = s.open().Publish(head, func(f File) error {
		put(f.Path, f.Bytes)
		out[f.Path] = string(f.Bytes)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *site) sign(keys ...*secret.Key) (Result, error) {
	s.t.Helper()
	s.now = s.now.Add(time.Hour)
	return s.open().Sign(Options{Public: s.public(), Keys: keys, Time: s.now})
}

func (s *site) mustSign(keys ...*secret.Key) Result {
	s.t.Helper()
	res, err := s.sign(keys...)
	if err != nil {
		s.t.Fatal(err)
	}
	return res
}

// head returns the head that is published.
func (s *site) head() manifest.Head {
	s.t.Helper()
	h, err := manifest.ReadHead(os.DirFS(s.public()))
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

func TestASignatureSurvivesARebuildThatChangesNothing(t *testing.T) {
	s := newSite(t)
	k := newKey(t, "x.example")
	s.build()
	if _, err := s.sign(k); !errors.Is(err, ErrNoKeys) {
		t.Errorf("without keys Sign returned %v, want %v", err, ErrNoKeys)
	}
	if _, err := s.open().First(k, start); err != nil {
		t.Fatal(err)
	}
	if s.build(); s.head().Signed() {
		t.Error("before the first signature the head is signed")
	}
	res := s.mustSign(k)
	if res.Head.Version != 1 || s.head().Sum() != res.Head.Sum() {
		t.Errorf("signed was %+v, published %+v", res.Head, s.head())
	}
	before := s.build()
	if s.head().Sum() != res.Head.Sum() {
		t.Error("a rebuild that changes nothing lost the signature")
	}
	if again := s.mustSign(k); !again.Again || again.Head.Version != 1 {
		t.Errorf("signing the same again made version %d", again.Head.Version)
	}
	if !maps.Equal(before, s.build()) {
		t.Error("two builds publish different things")
	}
	text := s.files["2020/01/01/story-7.html"]
	s.files["2020/01/01/story-7.html"] = "changed"
	if s.build(); s.head().Signed() {
		t.Error("a build of other files is signed")
	}
	if s.mustSign(k).Head.Version != 2 {
		t.Error("the second version is not 2")
	}
	// Going back is a version of its own.
	s.files["2020/01/01/story-7.html"] = text
	s.build()
	if s.mustSign(k).Head.Version != 3 {
		t.Error("the third version is not 3")
	}
}

func TestEveryVersionHasADeltaThatLeadsToIt(t *testing.T) {
	s := newSite(t)
	k := newKey(t, "x.example")
	if _, err := s.open().First(k, start); err != nil {
		t.Fatal(err)
	}
	lists := map[int][]manifest.File{}
	for v := 1; v <= 60; v++ {
		s.files[fmt.Sprintf("2021/01/01/new-%d.html", v)] = strings.Repeat("new ", v)
		delete(s.files, fmt.Sprintf("2021/01/01/new-%d.html", v-3))
		s.build()
		res := s.mustSign(k)
		if (v > 1) == res.NoDelta {
			t.Fatalf("version %d is without a delta: %v", v, res.NoDelta)
		}
		if v > 3 && (res.Added != 1 || res.Withdrawn != 1 || res.Changed != 0) {
			t.Errorf("version %d: %d added, %d withdrawn, %d changed", v, res.Added, res.Withdrawn, res.Changed)
		}
		list, err := res.Head.List(os.DirFS(s.public()))
		if err != nil {
			t.Fatal(err)
		}
		lists[v] = list
	}
	published := s.build()
	deltas := 0
	for v := 2; v <= 60; v++ {
		text, ok := published[manifest.DeltaPath(v-1, v)]
		if ok != (v > 30) {
			t.Errorf("the delta to version %d is published: %v", v, ok)
		}
		if !ok {
			continue
		}
		deltas++
		raw, err := manifest.Unzip(strings.NewReader(text), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		d, err := manifest.ParseDelta(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := manifest.Apply(lists[v-1], d.Changes); err != nil || !slices.Equal(got, lists[v]) {
			t.Errorf("the delta to version %d does not lead to it: %v", v, err)
		}
	}
	size := int64(0)
	err := filepath.WalkDir(filepath.Join(s.dir, Name, deltasDir), func(string, os.DirEntry, error) error { size++; return nil })
	if err != nil || deltas != 30 || size > 50 {
		t.Errorf("%d deltas are published and %d kept, %v; want 30 and hardly more", deltas, size-1, err)
	}
	// Without the old list a release has no delta, and the next has one again.
	if err := os.Remove(filepath.Join(s.dir, Name, listFile)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		s.files["index.html"] += "x"
		s.build()
		if res := s.mustSign(k); res.NoDelta != want {
			t.Errorf("version %d is without a delta: %v, want %v", res.Head.Version, res.NoDelta, want)
		}
	}
}

func TestTwoOfThreeMustSign(t *testing.T) {
	s := newSite(t)
	a, b, c := newKey(t, "x.example"), newKey(t, "x.example"), newKey(t, "x.example")
	if _, err := s.open().First(a, start); err != nil {
		t.Fatal(err)
	}
	f := s.open()
	st, err := f.Next(KeyChange{Add: []string{b.Line, c.Line}, Threshold: 2, Time: start})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := f.Agree(st, []*secret.Key{a}); err != nil || state.Done || state.Have != 1 || state.Want != 2 {
		t.Errorf("with one signature the statement stands at %+v, %v", state, err)
	}
	f = s.open()
	draft, ok := f.Draft()
	if !ok || draft.Sum() != st.Sum() {
		t.Fatal("the statement does not wait for signatures")
	}
	if state, err := f.Agree(draft, []*secret.Key{c}); err != nil || !state.Done {
		t.Errorf("with two signatures the statement stands at %+v, %v", state, err)
	}
	s.build()
	if res := s.mustSign(b); res.Signing.Done || s.head().Signed() {
		t.Error("one signature of two is enough for a head")
	}
	if _, err := s.sign(newKey(t, "x.example")); !errors.Is(err, ErrNoKeyAtHand) {
		t.Errorf("a stranger's key: %v, want %v", err, ErrNoKeyAtHand)
	}
	res := s.mustSign(c)
	if !res.Signing.Done || len(res.Signers) != 2 || s.head().Sum() != res.Head.Sum() {
		t.Errorf("after the second signature: %+v", res)
	}
	chain, err := trust.Follow(s.open().Statements)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(s.public(), "mirror/head"))
	if err != nil {
		t.Fatal(err)
	}
	if _, signers, err := chain.Head(file); err != nil || len(signers) != 2 {
		t.Errorf("what is published: %v, %v", signers, err)
	}
}

func TestSigningRefusesClocksThatGoBack(t *testing.T) {
	s := newSite(t)
	k := newKey(t, "x.example")
	if _, err := s.open().First(k, start); err != nil {
		t.Fatal(err)
	}
	s.build()
	s.mustSign(k)
	s.files["index.html"] = "new"
	s.build()
	s.now = start.AddDate(-5, 0, 0)
	if _, err := s.sign(k); err == nil || !strings.Contains(err.Error(), "one of the clocks is wrong") {
		t.Errorf("Sign five years before: %v", err)
	}
	s.now = start
	res, err := s.open().Sign(Options{Public: s.public(), Keys: []*secret.Key{k}, Time: start.Add(90 * time.Minute), Round: 24 * time.Hour, Next: 48 * time.Hour})
	if err != nil || res.Head.Time.Before(start) || res.Head.Next.Sub(res.Head.Time) != 48*time.Hour {
		t.Errorf("rounded to days: %v, next %v, %v", res.Head.Time, res.Head.Next, err)
	}
}

func TestAListThatIsNotPortableIsNotSigned(t *testing.T) {
	s := newSite(t)
	k := newKey(t, "x.example")
	if _, err := s.open().First(k, start); err != nil {
		t.Fatal(err)
	}
	s.files["About.html"], s.files["about.html"] = "x", "y"
	s.build()
	if _, err := s.sign(k); err == nil || !strings.Contains(err.Error(), `"About.html" and "about.html" are one file where case`) {
		t.Errorf("Sign: %v", err)
	}
}

func TestDamageInReleasesIsTold(t *testing.T) {
	s := newSite(t)
	k := newKey(t, "x.example")
	if _, err := s.open().First(k, start); err != nil {
		t.Fatal(err)
	}
	s.build()
	s.mustSign(k)
	for _, name := range []string{"keys/1", "heads/1"} {
		file := filepath.Join(s.dir, Name, name)
		have, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"", strings.Replace(string(have), "2026", "2027", 1), string(make([]byte, 100_000))} {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(s.dir); err == nil || !strings.Contains(err.Error(), Name+"/") {
				t.Errorf("with a damaged %s Open returned %v", name, err)
			}
		}
		if err := os.WriteFile(file, have, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.open()
}

func TestOriginIsAName(t *testing.T) {
	for _, tt := range [][3]string{
		{"https://lantern.example/", "The Lantern", "lantern.example"}, {"https://user.github.io/Lantern/", "x", "user.github.io/lantern"},
		{"", "The Harrow Quay Lantern", "the-harrow-quay-lantern"}, {"", "Фонарь", "archive"}, {"", "", "archive"}, {"", "A+B c", "a-b-c"},
	} {
		if got := Origin(tt[0], tt[1]); got != tt[2] || !manifest.ValidOrigin(got) {
			t.Errorf("Origin(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

func FuzzApplyDelta(f *testing.F) {
	f.Add([]byte("backfile-delta/1\nfrom 1 " + strings.Repeat("0", 64) + "\nto 2 " + strings.Repeat("0", 64) + "\nx a\n"))
	f.Add([]byte("backfile-delta/1\nfrom 2 " + strings.Repeat("0", 64) + "\nto 3 " + strings.Repeat("0", 64) + "\nbefore 1 " + strings.Repeat("0", 64) + " 5\nf " + strings.Repeat("0", 64) + " 5 b c\n"))
	old := []manifest.File{{Path: "a"}, {Path: "b"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := manifest.ParseDelta(text)
		if err != nil {
			return
		}
		if string(d.Text()) != string(text) {
			t.Errorf("ParseDelta(%q) is written as %q", text, d.Text())
		}
		got, err := manifest.Apply(old, d.Changes)
		if err != nil {
			return
		}
		// What comes out is a list: it can be listed again.
		if _, err := manifest.Make(slices.Values(got), func(manifest.Shard) error { return nil }); err != nil {
			t.Errorf("applying %q: %v", text, err)
		}
	})
}
