package serve

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"backfile/build/internal/diag"
)

// TestPagesAreToldHowThingsAre: at once when they come, and whenever it changes.
func TestPagesAreToldHowThingsAre(t *testing.T) {
	s := New(Options{Dir: public(t)})
	s.Tell(State{Held: true, Follow: "a.html", Problems: diag.List{{File: "content/a.md", Line: 3, Col: 7, Msg: "no", Help: "do", Excerpt: "x\n^"}}})
	web := httptest.NewServer(s)
	defer web.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", web.URL+own+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if typ := resp.Header.Get("Content-Type"); typ != "text/event-stream" {
		t.Errorf("events are of type %q", typ)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatal("the events ended:", lines.Err())
		return ""
	}
	if got, want := next(), `{"problems":[{"place":"content/a.md:3:7","msg":"no","help":"do","excerpt":"x\n^"}],"more":0,"held":true}`; got != want {
		t.Errorf("a page that comes is told\n     %s\nwant %s", got, want)
	}
	s.Tell(State{Follow: "b.html"})
	if got, want := next(), `{"problems":[],"more":0,"held":false,"follow":"b.html"}`; got != want {
		t.Errorf("after a build pages are told\n     %s\nwant %s", got, want)
	}
	s.Tell(State{Err: errors.New("the disk is full"), Held: true})
	if got, want := next(), `{"problems":[{"place":"","msg":"the disk is full","help":"","excerpt":""}],"more":0,"held":true}`; got != want {
		t.Errorf("after a failed build pages are told\n     %s\nwant %s", got, want)
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	var list diag.List
	for range maxShown + 5 {
		list = append(list, &diag.Problem{File: "a", Msg: "b"})
	}
	if m := (State{Problems: list}).message(); len(m.Problems) != maxShown || m.More != 5 {
		t.Errorf("of %d problems %d are told and %d counted", len(list), len(m.Problems), m.More)
	}
}

// TestKeepBuildsOnceForABurst: a checkout of thousands of files is one build.
func TestKeepBuildsOnceForABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake, builds := make(chan struct{}), 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			Keep(ctx, wake, Quiet, func(context.Context) { builds++ })
		}()
		for range 1000 {
			wake <- struct{}{}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(Quiet())
		synctest.Wait()
		if builds != 1 {
			t.Errorf("1000 events within a second made %d builds, want 1", builds)
		}
		wake <- struct{}{}
		time.Sleep(Quiet() + 1)
		synctest.Wait()
		if builds != 2 {
			t.Errorf("one more event made %d builds in all, want 2", builds)
		}
		cancel()
		<-done
	})
}

// TestKeepStopsABuildForNewerEdits, one at a time, but not for ever.
func TestKeepStopsABuildForNewerEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake := make(chan struct{})
		var running, started, stopped, ended atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			Keep(ctx, wake, Quiet, func(ctx context.Context) {
				if n := running.Add(1); n > 1 {
					t.Errorf("%d builds run at once", n)
				}
				started.Add(1)
				select {
				case <-ctx.Done():
					stopped.Add(1)
				case <-time.After(10 * time.Second):
					ended.Add(1)
				}
				running.Add(-1)
			})
		}()
		for range 20 { // an edit every second: no build could ever end
			wake <- struct{}{}
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if stopped.Load() < maxStopped || ended.Load() == 0 {
			t.Errorf("with an edit every second %d builds were stopped and %d ended; want %d stopped for each that ends", stopped.Load(), ended.Load(), maxStopped)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if running.Load() != 0 || started.Load() != stopped.Load()+ended.Load() {
			t.Errorf("of %d builds %d were stopped and %d ended, %d run", started.Load(), stopped.Load(), ended.Load(), running.Load())
		}
		last := started.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := started.Load(); n != last {
			t.Errorf("%d builds ran although nothing happened", n-last)
		}
		cancel()
		<-done
	})
}
