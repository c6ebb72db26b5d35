package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"backfile/build"
	"backfile/build/config"
	"backfile/build/internal/diag"
	"backfile/build/internal/progress"
	"backfile/build/serve"
	"backfile/build/watch"
)

// A preview keeps an archive up to date and tells the pages that are open in
// browsers.
//
//	a file is saved ──► refresh: its pages are shown as they will be
//	                       │
//	                       ▼ when nothing more is saved
//	                    publish: public/ is built
type preview struct {
	*globals
	session *build.Session
	watch   *watch.Watcher
	server  *serve.Server // nil during the first build
	follow  bool
	bar     *progress.Bar // of the first build
	stale   chan struct{} // receives when public/ is to be built
	missed  bool          // an edit has been told and not been taken in

	mu    sync.Mutex
	took  time.Duration // the last build of public/
	state serve.State
	// known are the files with problems that what is shown was built in spite
	// of, nil before anything was built. A new problem holds the archive as it
	// is until it is mended.
	known map[string]bool
}

func newPreview(g *globals, follow bool) *preview {
	p := &preview{globals: g, follow: follow, stale: make(chan struct{}, 1)}
	o := g.options()
	o.NoSync = true
	o.Tolerate = p.tolerate
	o.Progress = func(n int) { p.bar.Set(n, 0) }
	p.session = build.NewSession(o)
	return p
}

// first builds the archive. Problems in files are no reason to end, for they
// can be mended while the preview runs; a folder that is no site is one.
func (p *preview) first(ctx context.Context) error {
	p.bar = progress.New(p.Stderr, "pages")
	rep, err := p.session.Run(ctx)
	p.bar.Done()
	p.bar = nil
	p.memory.beLean()
	p.took = rep.Elapsed
	list, ok := errors.AsType[diag.List](err)
	if _, statErr := os.Stat(filepath.Join(p.Dir, config.File)); err != nil && (!ok || statErr != nil) {
		return err
	}
	if ok {
		p.problems(list)
		p.state = serve.State{Problems: list, Held: true}
		return nil
	}
	p.accept(rep)
	if err := p.built(rep, nil); !errors.Is(err, errQuiet) {
		return err
	}
	return nil
}

// accept returns the state after a build, and remembers the problems that it
// was made in spite of.
func (p *preview) accept(rep build.Report) serve.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	errs := rep.Problems.Errors()
	p.state = serve.State{Problems: errs}
	p.known = map[string]bool{}
	for _, e := range errs {
		p.known[e.File] = true
	}
	return p.state
}

// refresh takes in what has been edited.
func (p *preview) refresh(ctx context.Context) {
	p.rebuild() // what is being built is out of date
	change := p.watch.Take()
	paths := append([]string{}, change.Paths...)
	if change.All || p.missed {
		paths = nil
	}
	rep, err := p.session.Refresh(ctx, paths)
	p.missed = err != nil
	if ctx.Err() != nil || !p.heed(err) {
		return
	}
	state := p.accept(rep)
	if p.follow {
		state.Follow = rep.Edited
	}
	p.server.Tell(state)
	p.rebuild()
}

// rebuild has public/ built when nothing more is saved.
func (p *preview) rebuild() {
	select {
	case p.stale <- struct{}{}:
	default: // it will be
	}
}

// pause is how long nothing must be edited before public/ is built: longer where
// that takes longer, for it is in vain when another edit follows, and it slows
// down what a person waits for.
func (p *preview) pause() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return min(max(p.took/4, 100*time.Millisecond), 5*time.Second)
}

// publish builds public/, unless something holds it.
func (p *preview) publish(ctx context.Context) {
	p.mu.Lock()
	before := p.state
	p.mu.Unlock()
	if before.Held {
		return
	}
	start := time.Now()
	rep, err := p.session.Run(ctx)
	p.memory.beLean()
	p.mu.Lock()
	p.took = max(p.took, time.Since(start)) // that of one that was stopped says little
	p.mu.Unlock()
	if _, ok := errors.AsType[diag.List](err); err != nil && !ok {
		// A file that changes while it is read stops a build, and soon wakes
		// the next, which stops this one.
		select {
		case <-ctx.Done():
		case <-time.After(patience):
		}
	}
	if ctx.Err() != nil || !p.heed(err) {
		return
	}
	p.server.Tell(p.accept(rep))
	switch {
	case rep.Written+rep.Removed == 0:
	case p.JSON:
		p.printJSON(reportLine(rep))
	default:
		fmt.Fprintf(p.Stderr, "backfile: %s written, %d removed; %.2f s\n", count(rep.Written, "file"), rep.Removed, rep.Elapsed.Seconds())
	}
}

// heed tells of what has gone wrong, and reports whether nothing has.
func (p *preview) heed(err error) bool {
	p.mu.Lock()
	before := p.state
	list, ok := errors.AsType[diag.List](err)
	switch {
	case ok:
		p.state = serve.State{Problems: list.Errors(), Held: true}
	case err != nil:
		p.state = serve.State{Err: err, Held: true}
	}
	state := p.state
	p.mu.Unlock()
	switch {
	case err == nil && before.Held:
		fmt.Fprintln(p.Stderr, "backfile: mended")
	case ok && state.Problems.Error() != before.Problems.Error():
		p.problems(state.Problems)
		fmt.Fprintln(p.Stderr, "backfile: the archive stays as it was until this is mended")
	case err != nil && !ok:
		fmt.Fprintln(p.Stderr, "backfile:", err)
	}
	if err != nil {
		p.server.Tell(state)
	}
	return err == nil
}

// patience is how long the word of a change may take.
const patience = 200 * time.Millisecond

// tolerate reports whether an archive with these problems may be shown.
func (p *preview) tolerate(list diag.List) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		return true
	}
	for _, e := range list {
		if !p.known[e.File] {
			return false
		}
	}
	return true
}

// openBrowser shows a page in the person's browser.
func openBrowser(url string) error {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	return exec.Command(name, args...).Start()
}
