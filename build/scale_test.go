package build

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestScale builds a large archive and prints what it costs: the first build,
// one with nothing changed, one with one article changed and one with fifty
// new ones, next to a plain copy of public/.
//
//	SCALE=100000 go test ./build -run Scale -v -timeout 1h
//
// SCALE_CONTENT=DIR takes the articles of an existing content folder instead of
// made-up ones. Without SCALE it runs small, as a test that the figures can be
// had at all.
func TestScale(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("SCALE"))
	if n == 0 {
		n = 200
	}
	s := &testSite{t: t, dir: t.TempDir()}
	s.write("site.yaml", "title: Scale\nbase_url: https://archive.example/\n")
	if dir := os.Getenv("SCALE_CONTENT"); dir != "" {
		if out, err := exec.CommandContext(t.Context(), "cp", "-r", dir, s.path("content")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	} else {
		s.makeArticles(0, n)
	}
	measure := func(what string, cmd *exec.Cmd) {
		t.Helper()
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, out)
		}
		u := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		t.Logf("%-28s %7.2f s wall  %7.2f s CPU (user %.2f, sys %.2f)  %4d MB peak", what, time.Since(start).Seconds(),
			(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), cmd.ProcessState.UserTime().Seconds(), cmd.ProcessState.SystemTime().Seconds(), u.Maxrss/1024)
	}
	measure("first build", process(t, s.dir))
	measure("cp -r public/", exec.CommandContext(t.Context(), "cp", "-r", s.path("public"), s.path("copy")))
	s.remove("copy")
	if n > 1000 {
		time.Sleep(3 * time.Second) // until the stamps are settled, as they are in life
	}
	measure("nothing changed", process(t, s.dir))
	measure("nothing changed, again", process(t, s.dir))
	changed := s.pickArticle()
	s.write(changed, s.read(changed)+"\nOne more sentence.\n")
	measure("one article changed", process(t, s.dir))
	before := s.stamps()
	s.makeArticles(n, n+50)
	measure("fifty new articles", process(t, s.dir))
	files, bytes := s.changedSince(before)
	t.Logf("fifty new articles change %d files, %.1f MB", files, float64(bytes)/1e6)
	total, size := 0, int64(0)
	for _, st := range s.stamps() {
		total++
		size += st.Size()
	}
	t.Logf("public/: %d files, %.0f MB, %.1f kB an article", total, float64(size)/1e6, float64(size)/1e3/float64(n))
}

// makeArticles writes the articles from to to of a made-up archive of thirty
// years: 250 to 900 words each, one to three topics. Words are drawn with
// frequencies that fall as in a real text (Zipf's law).
func (s *testSite) makeArticles(from, to int) {
	const spanDays = 30 * 365
	total := max(to, 200)
	for i := from; i < to; i++ {
		rnd := rand.New(rand.NewPCG(uint64(i), 11))
		zipf := rand.NewZipf(rnd, 1.1, 3, 30000)
		day := time.Date(1995, 1, 1, 6, 0, 0, 0, time.UTC).AddDate(0, 0, spanDays*min(i, total-50)/total)
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: %q\ndate: %s\ntopics: [%q, %q]\nlang: en\nauthor: Reporter %d\nsource: https://news.example/%d\n---\n\n",
			strings.ToUpper(word(zipf.Uint64())[:1])+word(zipf.Uint64())+" "+word(zipf.Uint64())+" "+word(zipf.Uint64()), day.Format("2006-01-02T15:04:05Z"),
			fmt.Sprintf("Topic %d", zipf.Uint64()%100), fmt.Sprintf("Topic %d", rnd.IntN(100)), rnd.IntN(20), i)
		for words, want := 0, 250+rnd.IntN(650); words < want; words += 60 {
			for range 60 {
				b.WriteString(word(zipf.Uint64()))
				b.WriteByte(' ')
			}
			b.WriteString("end.\n\n")
		}
		s.write(fmt.Sprintf("content/%s/story-%d.md", day.Format("2006/01/02"), i), b.String())
	}
}

// word is the n-th word of a made-up language.
func word(n uint64) string {
	syllables := []string{"ka", "lo", "mi", "ren", "tu", "sa", "vel", "do", "pi", "har"}
	w := syllables[n%10]
	for n /= 10; n > 0; n /= 10 {
		w += syllables[n%10]
	}
	return w
}

// pickArticle returns an article of the middle of the archive.
func (s *testSite) pickArticle() string {
	matches, err := filepath.Glob(s.path("content/2009/*/*/*.md"))
	if err != nil || len(matches) == 0 {
		s.t.Fatal("no article of 2009:", err)
	}
	rel, err := filepath.Rel(s.dir, matches[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// stamps returns what the file system says of the files of public/.
func (s *testSite) stamps() map[string]os.FileInfo {
	m := map[string]os.FileInfo{}
	err := filepath.Walk(s.path("public"), func(p string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			m[p] = info
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// changedSince counts the files of public/ that are new or were written since.
func (s *testSite) changedSince(before map[string]os.FileInfo) (files int, bytes int64) {
	for p, info := range s.stamps() {
		if old := before[p]; old == nil || !old.ModTime().Equal(info.ModTime()) || old.Size() != info.Size() {
			files++
			bytes += info.Size()
		}
	}
	return files, bytes
}
