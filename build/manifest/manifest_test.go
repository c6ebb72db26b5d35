package manifest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"backfile/build/internal/digest"
)

// archive lists files as an archive of n articles has them: days, months,
// topics with pages, many people with a page or two, a search index.
func archive(n int) []File {
	var paths []string
	for i := range n {
		day := i / 31
		y, m, d := 2014+day/(12*28), 1+day/28%12, 1+day%28
		paths = append(paths, fmt.Sprintf("%d/%02d/%02d/the-river-is-back-in-its-bed-%d.html", y, m, d, i))
		if i%31 == 0 {
			paths = append(paths, fmt.Sprintf("%d/%02d/%02d/index.html", y, m, d))
		}
		if i%20 == 0 {
			paths = append(paths, fmt.Sprintf("topics/topic-%d/page-%d.html", i/20%64, i/20/64), fmt.Sprintf("search/t/%04d.js", i/20))
		}
		if i%15 == 0 {
			paths = append(paths, fmt.Sprintf("people/person-%d/index.html", i), fmt.Sprintf("people/person-%d/feed.xml", i))
		}
	}
	paths = append(paths, "index.html", "404.html", ".nojekyll", "feed.xml", "sitemap.xml")
	slices.Sort(paths)
	files := make([]File, len(paths))
	for i, p := range paths {
		files[i] = File{p, int64(len(p)) * 100, digest.Plain([]byte(p))}
	}
	return files
}

// made is a manifest in memory.
type made struct {
	head   Head
	shards map[digest.Sum]string
}

func mustMake(t testing.TB, files []File) made {
	t.Helper()
	m := made{shards: map[digest.Sum]string{}}
	head, err := Make(slices.Values(files), func(s Shard) error {
		m.shards[s.Sum] = string(s.Text)
		return nil
	})
	if err != nil {
		t.Fatalf("Make: %v", err)
	}
	m.head = head
	return m
}

// fs returns m as it stands in public/.
func (m made) fs(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{HeadPath: {Data: []byte(m.head.String())}, ReadmePath: {Data: []byte(Readme)}}
	for sum, text := range m.shards {
		out[shardPath(sum)] = &fstest.MapFile{Data: compress(t, text)}
	}
	return out
}

func compress(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (Shard{Text: []byte(text)}).Compress(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// collect returns the files of seq up to the first error.
func collect(seq iter.Seq2[File, error]) (files []File, err error) {
	for f, err := range seq {
		if err != nil {
			return files, err
		}
		files = append(files, f)
	}
	return files, nil
}

func TestReadYieldsWhatMakeListed(t *testing.T) {
	for _, n := range []int{0, 1, 20, 31, 32, 33, 100, 1000, 5000} {
		files := archive(n)
		if n == 0 {
			files = nil
		}
		m := mustMake(t, files)
		got, err := collect(m.head.Read(m.fs(t)))
		if err != nil {
			t.Fatalf("Read of %d files: %v", len(files), err)
		}
		if !slices.Equal(got, files) {
			t.Errorf("Read yielded %d files that are not the %d listed", len(got), len(files))
		}
		var bytes int64
		for _, f := range files {
			bytes += f.Size
		}
		if m.head.Files != len(files) || m.head.Bytes != bytes {
			t.Errorf("head says %d files, %d bytes, want %d, %d", m.head.Files, m.head.Bytes, len(files), bytes)
		}
	}
}

// One article more, changed or less must cost few shards, wherever it stands,
// also in folders of thousands of files or folders.
func TestAChangeTouchesFewShards(t *testing.T) {
	files := archive(6_000)
	before := sums(t, files)
	if n := len(before); n < len(files)/maxLines || n > len(files)/100 {
		t.Errorf("%d files are in %d shards, want 1 for each 100 to %d", len(files), n, maxLines)
	}
	const levels = 2 // up to some 70,000 files
	rnd := rand.New(rand.NewPCG(1, 2))
	worst, total := 0, 0
	for i := range 60 {
		at := rnd.IntN(len(files))
		after := slices.Clone(files)
		switch i % 4 {
		case 0, 1:
			after[at].Sum[0]++
			if n := fresh(before, sums(t, after)); n != levels {
				t.Errorf("changing %s touched %d shards, want %d", files[at].Path, n, levels)
			}
			continue
		case 2:
			after = slices.Delete(after, at, at+1)
		default:
			f := after[at]
			f.Path += "x"
			after = slices.Insert(after, at+1, f)
		}
		n := fresh(before, sums(t, after))
		worst, total = max(worst, n), total+n
	}
	if worst > 6 || total > 30*5/2 {
		t.Errorf("30 files more or less touched %d shards, up to %d at once; want at most 75 and 6", total, worst)
	}
}

// sums returns the shards of files.
func sums(t testing.TB, files []File) map[digest.Sum]bool {
	t.Helper()
	out := map[digest.Sum]bool{}
	_, err := Make(slices.Values(files), func(s Shard) error {
		out[s.Sum] = true
		return nil
	})
	if err != nil {
		t.Fatalf("Make: %v", err)
	}
	return out
}

// fresh counts the shards of after that before has not.
func fresh(before, after map[digest.Sum]bool) int {
	n := 0
	for sum := range after {
		if !before[sum] {
			n++
		}
	}
	return n
}

// Names chosen so that every line could end a shard, or none, give neither
// tiny nor endless shards.
func TestShardsAreBoundedWhateverTheNames(t *testing.T) {
	for _, ends := range []bool{true, false} {
		var files []File
		for i := 0; len(files) < 6_000; i++ {
			if p := fmt.Sprintf("%08d", i); endsShard(p) == ends {
				files = append(files, File{Path: p})
			}
		}
		m := mustMake(t, files)
		short := 0
		for _, text := range m.shards {
			n := strings.Count(text, "\n")
			if n > maxLines {
				t.Errorf("with every name ending a shard %v: a shard of %d lines, want at most %d", ends, n, maxLines)
			}
			if n < minLines {
				short++
			}
		}
		if short > 4 { // the last of each level
			t.Errorf("with every name ending a shard %v: %d shards under %d lines", ends, short, minLines)
		}
		if got, err := collect(m.head.Read(m.fs(t))); err != nil || len(got) != len(files) {
			t.Errorf("Read yielded %d files, %v; want %d", len(got), err, len(files))
		}
	}
}

// A list that ends where its only shard does needs no shard above it.
func TestOneShardIsTheRoot(t *testing.T) {
	var files []File
	for i := 0; len(files) < minLines; i++ {
		if p := fmt.Sprintf("%08d", i); endsShard(p) == (len(files) == minLines-1) {
			files = append(files, File{Path: p})
		}
	}
	m := mustMake(t, files)
	if text := m.shards[m.head.Root]; len(m.shards) != 1 || strings.Count(text, "\nf ") != minLines-1 {
		t.Errorf("%d files are in %d shards, the root being\n%s", len(files), len(m.shards), text)
	}
}

func TestMakeRefusesWhatItCannotList(t *testing.T) {
	tests := []struct {
		name, want string
		paths      []string
	}{
		{"unsorted", `listing public/: "a" comes after "b"`, []string{"b", "a"}},
		{"twice", `listing public/: "a" comes after "a"`, []string{"a", "a"}},
		{"line break", `the path "a\nf" holds a control character`, []string{"a\nf"}},
		{"backslash", `the path "a\\b" holds a backslash, which parts folders on Windows`, []string{`a\b`}},
		{"not UTF-8", `the path "a\xff" is not a plain path below the folder`, []string{"a\xff"}},
		{"manifest", `the path "mirror/head" belongs to the manifest itself`, []string{"mirror/head"}},
		{"manifest's folder", `the path "mirror" belongs to the manifest itself`, []string{"mirror"}},
		{"climbing", `the path "../x" is not a plain path below the folder`, []string{"../x"}},
		{"too long", `the path "` + strings.Repeat("x", 64) + `…" is longer than 1024 bytes`, []string{strings.Repeat("x", 1025)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var files []File
			for _, p := range tt.paths {
				files = append(files, File{Path: p})
			}
			_, err := Make(slices.Values(files), func(Shard) error { return nil })
			if err == nil || err.Error() != tt.want {
				t.Errorf("Make(%q)\n got %v\nwant %s", tt.paths, err, tt.want)
			}
		})
	}
}

func TestMakeStopsWhenAShardCannotBeWritten(t *testing.T) {
	full := errors.New("disk full")
	_, err := Make(slices.Values(archive(1000)), func(Shard) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("Make returned %v, want %v", err, full)
	}
}

// What a copy is checked against must not depend on our compressor, and must be
// readable by everyone's.
func TestShardsAreNamedForTheirText(t *testing.T) {
	m := mustMake(t, archive(500))
	for sum, text := range m.shards {
		zip, err := gzip.NewReader(bytes.NewReader(compress(t, text)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(zip)
		if err != nil || digest.Plain(got) != sum || !strings.HasPrefix(Shard{Sum: sum}.Path(), "mirror/m/"+sum.String()) {
			t.Errorf("shard %v holds %d bytes with digest %v (%v)", sum, len(got), digest.Plain(got), err)
		}
		if !zip.ModTime.IsZero() || zip.Name != "" {
			t.Errorf("shard %v has the time %v and the name %q in its head", sum, zip.ModTime, zip.Name)
		}
	}
}

// The format is a contract with copies made years ago. If this fails, the
// number of the format must change.
func TestTheFormatStays(t *testing.T) {
	m := mustMake(t, []File{
		{".nojekyll", 0, digest.Plain(nil)},
		{"2023/12/31/flood.html", 5, digest.Plain([]byte("flood"))},
	})
	const head = `backfile-manifest/1
files 2
bytes 5
root eabf6fa308bb2dddcdfa04c1e00bfe21b58da7f9f6c4a215e5d367bfd3acd8a5 170
unsigned
`
	const shard = `f e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 .nojekyll
f d8864644c15d33be9c0aef2d08c8fc105adc040de488b0116882a2cc6aa4492b 5 2023/12/31/flood.html
`
	if got := m.head.String(); got != head {
		t.Errorf("the head is\n%s\nwant\n%s", got, head)
	}
	if got := m.shards[m.head.Root]; got != shard {
		t.Errorf("the root is\n%s\nwant\n%s", got, shard)
	}
	// Where shards end shows in the root of a long list.
	const root = "528c75cce6508ada9e78c91e29cf4bacea9e3584eb766434e535d4f0c213b154"
	if got := mustMake(t, archive(6_000)).head.Root.String(); got != root {
		t.Errorf("the root of archive(6_000) is %s, want %s", got, root)
	}
}

func BenchmarkMake(b *testing.B) {
	files := archive(90_000)
	have := mustMake(b, files).shards
	files[len(files)/2].Sum[0]++
	written := 0
	b.ReportMetric(float64(len(files)), "files")
	for b.Loop() {
		written = 0
		_, err := Make(slices.Values(files), func(s Shard) error {
			if _, ok := have[s.Sum]; ok {
				return nil
			}
			written++
			return s.Compress(io.Discard)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(files)), "files")
	b.ReportMetric(float64(len(have)), "shards")
	b.ReportMetric(float64(written), "written")
}

func BenchmarkMakeAndCompress(b *testing.B) {
	files := archive(90_000)
	n := new(countWriter)
	for b.Loop() {
		*n = 0
		if _, err := Make(slices.Values(files), func(s Shard) error { return s.Compress(n) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*n), "bytes")
}

type countWriter int

func (c *countWriter) Write(p []byte) (int, error) {
	*c += countWriter(len(p))
	return len(p), nil
}
