package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"backfile/build"
	"backfile/build/config"
	"backfile/build/internal/diag"
	"backfile/build/internal/progress"
	"backfile/build/serve"
	"backfile/build/watch"
)

// A preview builds an archive again and again and tells the pages that are open
// in browsers.
type preview struct {
	*globals
	watch  *watch.Watcher
	server *serve.Server // nil during the first build
	follow bool

	state serve.State
	// known are the files with problems that what is shown was built in spite
	// of, nil before anything was built. A new problem holds the archive as it
	// is until it is mended.
	known map[string]bool
}

// first builds the archive. Problems in files are no reason to end, for they
// can be mended while the preview runs; a folder that is no site is one.
func (p *preview) first(ctx context.Context) error {
	o := p.options()
	o.KeepGoing, o.NoSync = true, true
	bar := progress.New(p.Stderr, "pages")
	o.Progress = func(n int) { bar.Set(n, 0) }
	rep, err := build.Run(ctx, o)
	bar.Done()
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

// accept remembers the problems that rep was built in spite of.
func (p *preview) accept(rep build.Report) {
	errs := rep.Problems.Errors()
	p.state = serve.State{Problems: errs}
	p.known = map[string]bool{}
	for _, e := range errs {
		p.known[e.File] = true
	}
}

// again builds the archive after something has happened.
func (p *preview) again(ctx context.Context) {
	p.watch.Take()
	before := p.state
	o := p.options()
	o.NoSync = true
	o.Tolerate = p.tolerate
	rep, err := build.Run(ctx, o)
	list, ok := errors.AsType[diag.List](err)
	if err != nil && !ok {
		// A file that changes while it is read stops a build, and soon wakes
		// the next, which stops this one.
		select {
		case <-ctx.Done():
		case <-time.After(patience):
		}
	}
	if ctx.Err() != nil {
		return // another build follows, or the end
	}
	switch {
	case ok:
		p.state = serve.State{Problems: list.Errors(), Held: true}
	case err != nil:
		p.state = serve.State{Err: err, Held: true}
	default:
		p.accept(rep)
		if p.follow {
			p.state.Follow = rep.Edited
		}
	}
	p.server.Tell(p.state)
	p.say(before, rep)
}

// patience is how long the word of a change may take.
const patience = 200 * time.Millisecond

// tolerate reports whether an archive with these problems may be shown.
func (p *preview) tolerate(list diag.List) bool {
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

// say tells the terminal what a build did, if it did anything.
func (p *preview) say(before serve.State, rep build.Report) {
	switch {
	case p.state.Err != nil:
		fmt.Fprintln(p.Stderr, "backfile:", p.state.Err)
	case p.state.Held:
		if p.state.Problems.Error() != before.Problems.Error() {
			p.problems(p.state.Problems)
			fmt.Fprintln(p.Stderr, "backfile: the archive stays as it was until this is mended")
		}
	case p.JSON && rep.Written+rep.Removed > 0:
		p.printJSON(reportLine(rep))
	case rep.Written+rep.Removed > 0:
		fmt.Fprintf(p.Stderr, "backfile: %s written, %d removed; %.2f s\n", count(rep.Written, "file"), rep.Removed, rep.Elapsed.Seconds())
	case before.Held:
		fmt.Fprintln(p.Stderr, "backfile: mended")
	}
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
