package s3

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"backfile/build/manifest"
	"backfile/build/publish/release"
	"backfile/build/publish/release/releasetest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// A host is an S3 host on this machine that notes what it is asked, and can be
// told to fail.
type host struct {
	t      *testing.T
	url    string
	memory *s3mem.Backend

	mu      sync.Mutex
	asked   []string // method and key, in order
	headers map[string]http.Header
	fail    func(r *http.Request) bool
}

func newHost(t *testing.T) *host {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "the-key-id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "the-secret-of-the-key")
	t.Setenv("AWS_REGION", "us-east-1")
	h := &host{t: t, memory: s3mem.New(), headers: map[string]http.Header{}}
	if err := h.memory.CreateBucket("courier"); err != nil {
		t.Fatal(err)
	}
	inner := gofakes3.New(h.memory).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		key := strings.TrimPrefix(r.URL.Path, "/courier/")
		h.asked = append(h.asked, r.Method+" "+key)
		if r.Method == http.MethodPut {
			h.headers[key] = r.Header.Clone()
		}
		fail := h.fail != nil && h.fail(r)
		h.mu.Unlock()
		if fail {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

var small = map[string]string{".nojekyll": "", "index.html": "home", "2024/05/17/flood.html": "flood", "old/page.html": "old", "assets/style.css": "p{}", "a b+ü.html": "odd", "index.html.gz": "gz", "data/articles.jsonl.gz": "gz"}

func made(t *testing.T, files map[string]string) *release.Release {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "public")
	releasetest.Make(t, dir, files)
	r, err := release.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var place = Target{"courier", "archive/"}

func (h *host) publish(r *release.Release, o Options) (Report, error) {
	h.t.Helper()
	h.mu.Lock()
	h.asked = nil
	h.mu.Unlock()
	o.Endpoint = h.url
	return Publish(h.t.Context(), r, place, o)
}

// must publishes, and fails unless the bucket then holds just what r holds.
func (h *host) must(r *release.Release) Report {
	h.t.Helper()
	rep, err := h.publish(r, Options{MaxDelete: -1})
	if err != nil {
		h.t.Fatal(err)
	}
	h.holds(r)
	return rep
}

func (h *host) holds(r *release.Release) {
	h.t.Helper()
	list, err := h.memory.ListBucket("courier", &gofakes3.Prefix{HasPrefix: true, Prefix: place.Prefix}, gofakes3.ListBucketPage{})
	if err != nil {
		h.t.Fatal(err)
	}
	var got, want []string
	for _, o := range list.Contents {
		got = append(got, fmt.Sprint(strings.TrimPrefix(o.Key, place.Prefix), " ", o.Size))
	}
	for _, f := range r.Files {
		want = append(want, fmt.Sprint(f.Path, " ", f.Size))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Errorf("the bucket holds\n%q\nwant\n%q", got, want)
	}
}

// empty removes all that is in the place.
func (h *host) empty() {
	h.t.Helper()
	list, err := h.memory.ListBucket("courier", &gofakes3.Prefix{HasPrefix: true, Prefix: place.Prefix}, gofakes3.ListBucketPage{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, o := range list.Contents {
		if _, err := h.memory.DeleteObject("courier", o.Key); err != nil {
			h.t.Fatal(err)
		}
	}
}

// puts are the files that were put, in order.
func (h *host) puts() (list []string) {
	for _, a := range h.asked {
		if key, ok := strings.CutPrefix(a, "PUT "+place.Prefix); ok {
			list = append(list, key)
		}
	}
	return list
}

// TestBucketHoldsJustTheArchive: what differs is put in order, what is gone is
// removed last, and nothing new costs one request.
func TestBucketHoldsJustTheArchive(t *testing.T) {
	h := newHost(t)
	r := made(t, small)
	if rep := h.must(r); rep.Written != len(r.Files) {
		t.Errorf("the first publication put %d of %d files", rep.Written, len(r.Files))
	}
	if puts := h.puts(); puts[0] != manifest.ReadmePath || puts[len(puts)-1] != manifest.HeadPath {
		t.Errorf("the first publication put %q", puts)
	}
	if rep := h.must(r); rep != (Report{}) {
		t.Errorf("the same again did %+v", rep)
	}
	if len(h.asked) > 3 { // the head, twice, and the text beside it
		t.Errorf("the same again asked %q", h.asked)
	}
	after := maps.Clone(small)
	delete(after, "old/page.html")
	after["index.html"], after["2024/05/18/dry.html"], after["assets/style.css"] = "newer", "dry", "a{}"
	r = made(t, after)
	if rep := h.must(r); rep.Written != 5 || rep.Removed != 2 {
		t.Errorf("a change did %+v", rep)
	}
	puts := h.puts()
	if len(puts) != 5 || !slices.Equal(puts[:3], []string{"2024/05/18/dry.html", "assets/style.css", "index.html"}) || puts[4] != manifest.HeadPath {
		t.Errorf("a change put %q", puts)
	}
	last := h.asked[len(h.asked)-2:]
	if !strings.HasPrefix(last[0], "DELETE ") || !strings.HasPrefix(last[1], "DELETE ") {
		t.Errorf("the last requests are %q, want the removals", last)
	}
}

// TestFilesHaveTypesAndTimesToKeep: what browsers and hosts need to know.
func TestFilesHaveTypesAndTimesToKeep(t *testing.T) {
	h := newHost(t)
	h.must(made(t, small))
	for key, want := range map[string][3]string{
		"index.html":             {"text/html; charset=utf-8", "", "max-age=600"},
		"index.html.gz":          {"text/html; charset=utf-8", "gzip", "max-age=600"},
		"data/articles.jsonl.gz": {"application/gzip", "", "max-age=600"},
		"assets/style.css":       {"text/css; charset=utf-8", "", "max-age=600"},
		"mirror/head":            {"text/plain; charset=utf-8", "", "max-age=60"},
		".nojekyll":              {"application/octet-stream", "", "max-age=600"},
	} {
		got := h.headers[place.Prefix+key]
		if got.Get("Content-Type") != want[0] || got.Get("Content-Encoding") != want[1] || got.Get("Cache-Control") != want[2] {
			t.Errorf("%s has %q, %q, %q; want %q", key, got.Get("Content-Type"), got.Get("Content-Encoding"), got.Get("Cache-Control"), want)
		}
	}
	for key, got := range h.headers {
		if strings.Contains(key, "mirror/m/") && !strings.Contains(got.Get("Cache-Control"), "immutable") {
			t.Errorf("%s may be kept for %q", key, got.Get("Cache-Control"))
		}
	}
}

// TestCutOffPublicationIsGoneOnWith: after a failure at any file, the old head
// stands, and the next run puts only what did not arrive.
func TestCutOffPublicationIsGoneOnWith(t *testing.T) {
	h := newHost(t)
	r := made(t, small)
	for n := 1; n < len(r.Files); n += 3 {
		h.empty()
		count := 0
		h.fail = func(q *http.Request) bool {
			if q.Method == http.MethodPut {
				count++
			}
			return q.Method == http.MethodPut && count > n
		}
		rep, err := h.publish(r, Options{Jobs: 1})
		if err == nil || !strings.Contains(err.Error(), "no right to do this") || rep.Written != n {
			t.Fatalf("after %d files: %+v, %v", n, rep, err)
		}
		if slices.Contains(h.puts()[:n], manifest.HeadPath) {
			t.Error("the head came before what it lists")
		}
		h.fail = nil
		if rep := h.must(r); rep.Written != len(r.Files)-n {
			t.Errorf("after %d files the next run put %d of %d", n, rep.Written, len(r.Files))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Publish(ctx, r, place, Options{Endpoint: h.url}); !errors.Is(err, context.Canceled) {
		t.Errorf("cut off: %v", err)
	}
}

// TestWhatIsNotOursStays: neither a bucket of others is written to, nor a file
// removed that no manifest of ours listed, unless --list says so.
func TestWhatIsNotOursStays(t *testing.T) {
	h := newHost(t)
	add := func(key string) {
		if _, err := h.memory.PutObject("courier", key, map[string]string{}, strings.NewReader("mine"), 4, nil); err != nil {
			t.Fatal(err)
		}
	}
	add("archive/thesis.txt")
	add("beside.txt")
	r := made(t, small)
	if _, err := h.publish(r, Options{}); !errors.Is(err, ErrForeign) {
		t.Errorf("into a place of others: %v", err)
	}
	if len(h.puts()) > 0 {
		t.Errorf("it put %q", h.puts())
	}
	if _, err := h.memory.DeleteObject("courier", "archive/thesis.txt"); err != nil {
		t.Fatal(err)
	}
	h.must(r)
	add("archive/left.html")
	if rep, err := h.publish(r, Options{}); err != nil || rep.Removed != 0 {
		t.Errorf("a file that no manifest lists: %+v, %v", rep, err)
	}
	if rep, err := h.publish(r, Options{List: true, MaxDelete: 1}); err != nil || rep != (Report{Removed: 1}) {
		t.Errorf("with List: %+v, %v", rep, err)
	}
	h.holds(r)
	if _, err := h.memory.GetObject("courier", "beside.txt", nil); err != nil {
		t.Errorf("a file beside the prefix: %v", err)
	}
}

// TestDamagedCopyIsMendedWithList: what the bucket's manifest does not know is
// found by a list.
func TestDamagedCopyIsMendedWithList(t *testing.T) {
	h := newHost(t)
	r := made(t, small)
	h.must(r)
	if _, err := h.memory.PutObject("courier", "archive/index.html", map[string]string{}, strings.NewReader("evil"), 4, nil); err != nil {
		t.Fatal(err)
	}
	if rep, err := h.publish(r, Options{List: true}); err != nil || rep.Written != 1 {
		t.Errorf("an altered file: %+v, %v", rep, err)
	}
	if _, err := h.memory.PutObject("courier", "archive/mirror/head", map[string]string{}, strings.NewReader("evil"), 4, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.publish(r, Options{}); err == nil || !strings.Contains(err.Error(), "--list does without it") {
		t.Errorf("a damaged head: %v", err)
	}
	if rep, err := h.publish(r, Options{List: true}); err != nil || rep.Written != 1 {
		t.Errorf("a damaged head, with List: %+v, %v", rep, err)
	}
	h.holds(r)
}

// TestGuardAndDryRunChangeNothing: too many removals stop it before anything
// is put.
func TestGuardAndDryRunChangeNothing(t *testing.T) {
	h := newHost(t)
	first := made(t, small)
	h.must(first)
	r := made(t, map[string]string{"index.html": "new"})
	if _, err := h.publish(r, Options{MaxDelete: 3}); err == nil || !strings.Contains(err.Error(), "--max-delete") {
		t.Errorf("many removals: %v", err)
	}
	if rep, err := h.publish(r, Options{MaxDelete: -1, DryRun: true}); err != nil || rep.Written != 3 || rep.Removed != len(small) {
		t.Errorf("a dry run: %+v, %v", rep, err)
	}
	if len(h.puts()) > 0 {
		t.Errorf("it put %q", h.puts())
	}
	h.holds(first)
}

// TestFailuresAreExplained, and never with a secret in them.
func TestFailuresAreExplained(t *testing.T) {
	h := newHost(t)
	r := made(t, small)
	_, err := Publish(t.Context(), r, Target{"nowhere", ""}, Options{Endpoint: h.url})
	if err == nil || !strings.Contains(err.Error(), `there is no bucket "nowhere" at this host`) {
		t.Errorf("a bucket that is not there: %v", err)
	}
	if strings.Contains(fmt.Sprint(err), "the-secret") || strings.Contains(fmt.Sprint(err), "the-key-id") {
		t.Errorf("the error tells a secret: %v", err)
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	if _, err := h.publish(r, Options{}); !errors.Is(err, ErrNoCredentials) {
		t.Errorf("without credentials: %v", err)
	}
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte("[default]\naws_access_key_id = a\naws_secret_access_key = b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if _, err := h.publish(r, Options{Region: "us-east-1"}); err != nil {
		t.Errorf("with credentials in a file: %v", err)
	}
}

func TestParseTarget(t *testing.T) {
	for s, want := range map[string]Target{
		"s3://b": {"b", ""}, "s3://b/": {"b", ""}, "s3://b/a/b/": {"b", "a/b/"}, "b/a": {}, "s3://": {}, "s3://b?x": {}, "https://b/": {}, "s3://key:secret@b": {},
	} {
		got, err := ParseTarget(s)
		if got != want || (err == nil) != (want.Bucket != "") {
			t.Errorf("ParseTarget(%q) = %+v, %v; want %+v", s, got, err, want)
		}
	}
}
