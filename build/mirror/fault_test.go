package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"backfile/build/mirror"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/source"
	"backfile/build/mirror/state"
)

// TestMain lets the tests run this program again as a sync that can be killed,
// or that runs against a full disk.
func TestMain(m *testing.M) {
	if args := os.Getenv("BACKFILE_TEST_SYNC"); args != "" {
		os.Exit(syncAsProcess(strings.Split(args, "\n")))
	}
	os.Exit(m.Run())
}

func syncAsProcess(args []string) int {
	if limit, err := strconv.ParseUint(os.Getenv("BACKFILE_TEST_FULL_DISK"), 10, 64); err == nil {
		signal.Ignore(syscall.Signal(25)) // SIGXFSZ, so that write returns EFBIG
		if err := limitFileSize(limit); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	s, err := source.Open(args[0], source.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	_, err = mirror.Sync(context.Background(), mirror.Options{Sources: []source.Source{s}, Dir: args[1], NoSync: true, Now: start})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(1, int(fault.Of(err)))
	}
	return 0
}

func process(t *testing.T, from, dir string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), append(env, "BACKFILE_TEST_SYNC="+from+"\n"+dir)...)
	return cmd
}

// rewrite changes most files, adds some and takes some away.
func (a *archive) rewrite(n int) {
	for p := range a.files {
		if strings.Contains(p, "/story-") {
			a.files[p] = fmt.Sprintf("version %d of %s", n, p)
		}
	}
	for i := range 20 {
		delete(a.files, fmt.Sprintf("2030/01/01/extra-%d-%d.html", n-1, i))
		a.files[fmt.Sprintf("2030/01/01/extra-%d-%d.html", n, i)] = fmt.Sprint("extra ", n, i)
	}
}

// TestAKilledSyncLeavesOldOrNew kills syncs at random instants. After each, the
// copy verifies, or there is none yet; after all, one more sync completes it.
func TestAKilledSyncLeavesOldOrNew(t *testing.T) {
	a := newArchive(t)
	dir := filepath.Join(t.TempDir(), "copy")
	begin := time.Now()
	if err := process(t, a.public(), filepath.Join(t.TempDir(), "other")).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begin)
	killed, moving := 0, 0
	for i := range 20 {
		if i%6 == 5 {
			if err := process(t, a.public(), dir).Run(); err != nil { // it must be possible to go on
				t.Fatalf("the sync after %d kills: %v", killed, err)
			}
		}
		a.rewrite(i)
		version := a.publish().Version
		cmd := process(t, a.public(), dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole/4 + time.Duration(rand.Int64N(int64(whole)))) // the instant is what is random, not what is tested
		_ = cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
		if _, err := os.Stat(filepath.Join(dir, "mirror/next")); err == nil {
			moving++
		}
		if _, err := os.Stat(filepath.Join(dir, "mirror/head")); err != nil {
			continue // the first has not come so far
		}
		if got := mustVerify(t, dir); got > version {
			t.Fatalf("the copy is version %d of %d", got, version)
		}
	}
	mustSync(t, dir, mirror.Options{}, a.public())
	sameArchive(t, dir, a.public())
	t.Logf("%d of 20 syncs were killed, %d while they put files in place", killed, moving)
	if killed < 5 || moving == 0 {
		t.Errorf("only %d syncs were killed, %d of them while they put files in place", killed, moving)
	}
}

func TestAFullDiskKeepsTheOldVersion(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("limits on file sizes are set as on Linux")
	}
	a := newArchive(t)
	dir := filepath.Join(t.TempDir(), "copy")
	mustSync(t, dir, mirror.Options{}, a.public())
	a.rewrite(1)
	a.files["2013/04/01/flood.jpg"] += "more"
	a.files["2013/04/01/page.html"] = strings.Repeat("long ", 100_000)
	a.publish()
	for _, limit := range []int{0, 100, 5_000, 400_000, 1 << 20} {
		cmd := process(t, a.public(), dir, "BACKFILE_TEST_FULL_DISK="+strconv.Itoa(limit))
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != int(fault.Disk) || !strings.Contains(string(out), "too large") {
			t.Errorf("with room for %d bytes a sync ended with %d, %v: %s; want status 14", limit, code, err, out)
		}
		if v := mustVerify(t, dir); v != 1 {
			t.Errorf("with room for %d bytes the copy is version %d, want 1", limit, v)
		}
	}
	mustSync(t, dir, mirror.Options{}, a.public())
	sameArchive(t, dir, a.public())
}

func TestTwoSyncsAtOnce(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	dir := t.TempDir()
	arrived, go1 := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	s.hook = func(http.ResponseWriter, *http.Request) bool {
		if first.CompareAndSwap(false, true) {
			close(arrived)
			<-go1
		}
		return false
	}
	ended := make(chan error)
	go func() {
		src, err := source.Open(s.URL, source.Options{})
		if err == nil {
			_, err = mirror.Sync(context.Background(), mirror.Options{Sources: []source.Source{src}, Dir: dir, NoSync: true, Now: start})
		}
		ended <- err
	}()
	<-arrived
	if _, err := syncFrom(t, dir, mirror.Options{}, a.public()); !errors.Is(err, state.ErrBusy) {
		t.Errorf("a second sync ended with %v, want %v", err, state.ErrBusy)
	}
	close(go1)
	if err := <-ended; err != nil {
		t.Errorf("the first sync: %v", err)
	}
	mustVerify(t, dir)
}

// A server that breaks off every n-th answer, or refuses it, is asked again.
func TestAServerThatDiesNowAndThen(t *testing.T) {
	for _, n := range []int64{2, 3, 7} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			a := newArchive(t)
			s := serve(t, a.public())
			var asks, ranges atomic.Int64
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Range") != "" {
					ranges.Add(1)
				}
				switch i := asks.Add(1); {
				case i%n != 0 || r.URL.Path == "/mirror/head":
					return false
				case i%2 == 0:
					http.Error(w, "busy", http.StatusServiceUnavailable)
					return true
				case strings.HasSuffix(r.URL.Path, ".jpg"):
					w.Header().Set("Content-Length", strconv.Itoa(len(a.files["2013/04/01/flood.jpg"])))
					_, _ = w.Write([]byte(a.files["2013/04/01/flood.jpg"][:1_500_000]))
				}
				panic(http.ErrAbortHandler)
			}
			dir := t.TempDir()
			o := mirror.Options{}
			for try := 0; ; try++ { // cron comes again
				_, err := syncFrom(t, dir, o, s.URL)
				if err == nil {
					break
				}
				if fault.Of(err) != fault.Unreachable || try == 20 {
					t.Fatalf("try %d: %v", try, err)
				}
				if tree := readTree(t, dir); len(tree) > 0 {
					t.Fatalf("after a sync that failed the copy has %d files", len(tree))
				}
			}
			sameArchive(t, dir, a.public())
			mustVerify(t, dir)
		})
	}
}

// TestResume: what came before a failure is not fetched again, also a part of a
// large file.
func TestResume(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	picture := a.files["2013/04/01/flood.jpg"]
	fail := true
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if !fail || !strings.HasSuffix(r.URL.Path, ".jpg") {
			return false
		}
		if r.Header.Get("Range") != "" {
			http.Error(w, "gone home", http.StatusForbidden)
			return true
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(picture)))
		_, _ = w.Write([]byte(picture[:2_000_000]))
		panic(http.ErrAbortHandler)
	}
	dir := t.TempDir()
	_, err := syncFrom(t, dir, mirror.Options{Jobs: 1}, s.URL)
	wantFault(t, err, fault.Unreachable, "403")
	fail = false
	first := len(s.asked())
	rep := mustSync(t, dir, mirror.Options{}, s.URL)
	if rest := int64(len(picture) - 2_000_000); rep.Bytes < rest || rep.Bytes > rest+200_000 {
		t.Errorf("after %d requests the second try got %d bytes, want the %d that were missing of the picture, and the small files after it", first, rep.Bytes, rest)
	}
	mustVerify(t, dir)
}

// TestCachesThatLagBehind: the head is new and some pages are old, as they are
// for ten minutes on GitHub Pages after each deployment.
func TestCachesThatLagBehind(t *testing.T) {
	a := newArchive(t)
	dir, stubborn := t.TempDir(), t.TempDir()
	mustSync(t, dir, mirror.Options{}, a.public())
	mustSync(t, stubborn, mirror.Options{}, a.public())
	old := a.twin()
	a.rewrite(1)
	a.publish()
	s, cached := serve(t, a.public()), http.FileServer(http.Dir(old.public()))
	lag := func(always bool) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/2012/") || !always && r.URL.Query().Get("fresh") != "" {
				return false
			}
			cached.ServeHTTP(w, r)
			return true
		}
	}
	// A cache that can be passed by.
	s.hook = lag(false)
	mustSync(t, dir, mirror.Options{}, s.URL)
	if mustVerify(t, dir) != 2 {
		t.Error("the copy is not version 2")
	}
	// One that cannot.
	s.hook = lag(true)
	_, err := syncFrom(t, stubborn, mirror.Options{}, s.URL)
	wantFault(t, err, fault.Incomplete, "more files")
	if mustVerify(t, stubborn) != 1 {
		t.Error("the copy is not version 1 any more")
	}
	s.hook = nil
	s.asked()
	mustSync(t, stubborn, mirror.Options{}, s.URL)
	if got := len(s.asked()); got > 25 {
		t.Errorf("ten minutes later it took %d requests, want those for the files that were old only", got)
	}
	if mustVerify(t, stubborn) != 2 {
		t.Error("the copy is not version 2")
	}
}

// TestRetryAfterIsHonoured: a server that is asked too much says when to come
// back.
func TestRetryAfterIsHonoured(t *testing.T) {
	a := newArchive(t)
	s := serve(t, a.public())
	var when atomic.Int64
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/404.html" {
			return false
		}
		if when.Load() == 0 {
			when.Store(time.Now().UnixNano())
			w.Header().Set("Retry-After", "1")
			http.Error(w, "slowly", http.StatusTooManyRequests)
			return true
		}
		if waited := time.Since(time.Unix(0, when.Load())); waited < time.Second {
			t.Errorf("it came back after %v, want a second", waited)
		}
		return false
	}
	mustSync(t, t.TempDir(), mirror.Options{}, s.URL)
}
