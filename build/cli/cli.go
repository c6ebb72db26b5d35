// Package cli is the command line: one file a command.
//
// Results go to standard output, all else to standard error. Only Main chooses
// an exit status: 0 done, 1 something is wrong with the input, 2 wrong usage,
// 130 interrupted, and of "mirror" those of package fault.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"backfile/build/internal/diag"
	"backfile/build/mirror/fault"

	"github.com/spf13/cobra"
)

// globals are what every command can use.
type globals struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	Dir      string // the site, as -C gives it or as it was found
	dirGiven bool   // by -C
	Out      string // public/, as -o gives it, or ""
	JSON     bool

	memory collector
}

// A usageError is a mistake on the command line.
type usageError struct {
	msg, hint string
}

func (e *usageError) Error() string { return e.msg }

// errQuiet ends with status 1; what there is to say has been said.
var errQuiet = errors.New("said already")

// grace is how long a command that is interrupted may take to end by itself.
// All that it writes is written so that it may be cut off at any instant.
const grace = 2 * time.Second

// Main runs the command line args and returns the exit status.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program by force
	g := &globals{Stdin: stdin, Stdout: stdout, Stderr: stderr}
	root := newRoot(g)
	root.SetArgs(withS3(args))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	named, _, _ := root.Find(withS3(args)) // an unknown one says so itself
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(ctx) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(grace):
			return interrupted(stderr, named.Annotations[dropped])
		}
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		if err == nil {
			return interrupted(stderr, "")
		}
		return interrupted(stderr, named.Annotations[stopped])
	}
	return g.status(err)
}

// What a command says when it is interrupted stands in its annotations.
const (
	stopped = "stopped" // when it had time to end by itself
	dropped = "dropped" // when it was cut off
)

// interrupted says that a command was cut off, and what that means.
func interrupted(stderr io.Writer, so string) int {
	if so != "" {
		so = ": " + so
	}
	fmt.Fprintln(stderr, "backfile: interrupted"+so)
	return 130
}

const (
	// plenty is how much memory may be used before garbage is collected. It
	// holds most of the rebuild of 100,000 articles, whose model would else
	// be marked several times and freed never.
	plenty = 360 << 20

	// growth is how much may be added, in percent, to what lives when that is
	// too much for plenty. A build's memory is mostly its model, which lives
	// to the end: a third for what comes and goes is enough, and costs little
	// time.
	growth = 35

	// most is what the whole should keep to as long as a third of it is free for
	// what comes and goes: memory that lies idle is given back instead of being
	// added to.
	most = 450 << 20
)

// A collector sets when garbage is collected.
type collector struct {
	lean atomic.Bool // the process lives long: memory counts more than time
}

// collectLate sets when garbage is collected next, and does so again after each
// collection. It keeps away from plenty with what lives: close below it, one
// collection would follow another.
func (c *collector) collectLate() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	c.limit(live[0].Value.Uint64())
	runtime.AddCleanup(new([16]byte), func(c *collector) { c.collectLate() }, c)
}

// limit sets how far memory may grow beyond what lives.
func (c *collector) limit(live uint64) {
	switch {
	case c.lean.Load():
		debug.SetGCPercent(growth)
		debug.SetMemoryLimit(max(plenty, int64(live*5/4)))
	case live*3/2 < plenty:
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(plenty)
	default:
		debug.SetGCPercent(growth)
		debug.SetMemoryLimit(max(most, int64(live*3/2)))
	}
}

// beLean gives back to the system what is not needed, and keeps to that.
func (c *collector) beLean() {
	c.lean.Store(true)
	c.limit(0)
	debug.FreeOSMemory()
}

// status says what went wrong and returns the exit status for it.
func (g *globals) status(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errQuiet):
		return 1
	case errors.As(err, &usage):
		fmt.Fprintln(g.Stderr, "backfile:", usage.msg)
		if usage.hint != "" {
			fmt.Fprintln(g.Stderr, "backfile: hint:", usage.hint)
		}
		return 2
	case g.sayProblems(err):
		return 1
	}
	if kind := fault.Of(err); kind != 0 {
		fmt.Fprintln(g.Stderr, "backfile:", err)
		return int(kind)
	}
	fmt.Fprintln(g.Stderr, "backfile:", err)
	return 1
}

// sayProblems says the problems that err holds, and reports whether it holds
// any.
func (g *globals) sayProblems(err error) bool {
	if list, ok := errors.AsType[diag.List](err); ok {
		g.problems(list)
		return true
	}
	if p, ok := errors.AsType[*diag.Problem](err); ok {
		g.problems(diag.List{p})
		return true
	}
	return false
}

const (
	maxShown    = 20 // problems told one by one; more do not fit a screen
	maxWarnings = 5  // warnings, which must not bury the problems
)

// problems says the first of list, each with its place, errors before
// warnings, and counts the rest.
func (g *globals) problems(list diag.List) {
	var warnings diag.List
	var others diag.List
	for _, p := range list {
		if p.Severity == diag.Warning {
			warnings = append(warnings, p)
			continue
		}
		others = append(others, p)
	}
	for i, p := range others {
		if i == maxShown {
			fmt.Fprintf(g.Stderr, "backfile: and %d more problems (backfile list left-out)\n", len(others)-maxShown)
			break
		}
		fmt.Fprintln(g.Stderr, p.Error())
		if p.Excerpt != "" {
			fmt.Fprintln(g.Stderr, strings.TrimRight(p.Excerpt, "\n"))
		}
	}
	for i, p := range warnings {
		if i == maxWarnings {
			fmt.Fprintf(g.Stderr, "backfile: and %d more warnings (backfile list warnings)\n", len(warnings)-maxWarnings)
			break
		}
		w := *p
		w.Msg = "warning: " + w.Msg
		fmt.Fprintln(g.Stderr, w.Error())
	}
}

// newRoot makes the command tree.
func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:           "backfile",
		Short:         "Make a permanent, searchable archive of news articles",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			g.memory.collectLate()
			return g.find(c)
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&g.Dir, "directory", "C", "", "the archive's folder (default: this one, or the nearest above with a site.yaml)")
	f.BoolVar(&g.JSON, "json", false, "print results as JSON lines")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{err.Error(), fmt.Sprintf("%q lists the flags", c.CommandPath()+" --help")}
	})
	root.AddCommand(newInit(g), newBuild(g), newServe(g), newCheck(g), newPublish(g), newExport(g), newList(g), newTopics(g), newStats(g), newConfig(g), newLayouts(g), newVersion(g), newImport(g), newKeys(g), newSign(g), newMirror(g), newClean(g), newMan(g))
	root.InitDefaultCompletionCmd()
	wrapArgs(root)
	return root
}

// noCommand answers to a word that is no command.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := `"backfile help" lists the commands`
	c.SuggestionsMinimumDistance = 2 // edits
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q? %s", near[0], hint)
	}
	return &usageError{fmt.Sprintf("unknown command %q", args[0]), hint}
}

// wrapArgs makes a wrong number of arguments a mistake of usage, for every
// command.
func wrapArgs(c *cobra.Command) {
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if _, ok := errors.AsType[*usageError](err); err == nil || ok {
			return err
		}
		return &usageError{err.Error(), fmt.Sprintf("%q shows how it is used", c.CommandPath()+" --help")}
	}
}

// find sets g.Dir to the site's folder: the one -C names, else this one or the
// nearest above that has a site.yaml. Where there is none it is this folder,
// and whoever needs the site says that it is missing.
func (g *globals) find(*cobra.Command) error {
	if g.Dir != "" {
		g.dirGiven = true
		info, err := os.Stat(g.Dir)
		if err != nil || !info.IsDir() {
			return &usageError{fmt.Sprintf("-C %s: there is no such folder", g.Dir), ""}
		}
		return nil
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	g.Dir = here
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "site.yaml")); err == nil {
			g.Dir = dir
			return nil
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}
