package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"backfile/build/check"
	"backfile/build/check/elsewhere"
	"backfile/build/check/sarif"
	"backfile/build/config"
	"backfile/build/internal/diag"
	"backfile/build/internal/progress"
	"backfile/build/internal/tree"

	"github.com/spf13/cobra"
)

// checkFlags are the flags of "backfile check".
type checkFlags struct {
	external, sarif bool
	budget, base    string
	ignore          []string
}

func newCheck(g *globals) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:         "check [DIR|URL]",
		Annotations: map[string]string{stopped: "nothing was changed", dropped: "nothing was changed"},
		Short:       "Look through a finished archive for faults",
		Long: `Look through a finished archive, in public/ unless another folder or an address
is given, for what a reader would stumble over: links and anchors that lead
nowhere, missing pictures and descriptions, pages that no way leads to or that
ask other sites for something, what the page's own policy forbids, feeds and
sitemaps that cannot be read, dates that cannot be, articles that do not say
where they are from. It ends with status 1 when it finds something.

Rules, for --ignore:
` + ruleList(),
		Example: "  backfile check\n  backfile check --json public | jq .message\n  backfile check --external --ignore weight\n  backfile check https://name.github.io/archive/\n  backfile check --sarif > check.sarif",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.check(c.Context(), args, f)
		},
	}
	p := c.Flags()
	p.StringVarP(&g.Out, "output", "o", "", "what to check when no folder is given (default: public/ in the archive's folder)")
	p.BoolVar(&f.external, "external", false, "ask other sites too whether links there lead somewhere")
	p.StringVar(&f.budget, "budget", "1MB", "how many bytes a page may have with all it loads")
	p.StringVar(&f.base, "base-url", "", "where the archive is published (default: what site.yaml or its home page says)")
	p.StringSliceVar(&f.ignore, "ignore", nil, "rules not to look at, such as alt,weight")
	p.BoolVar(&f.sarif, "sarif", false, "print one report in SARIF 2.1.0")
	return c
}

// ruleList is a line for each rule.
func ruleList() string {
	var b strings.Builder
	for _, r := range check.Rules() {
		fmt.Fprintf(&b, "  %-14s%s\n", r.Code, r.About)
	}
	return strings.TrimRight(b.String(), "\n")
}

// options are what the flags say.
func (f *checkFlags) options() (check.Options, error) {
	o := check.Options{BaseURL: f.base, Ignore: f.ignore}
	var codes []string
	for _, r := range check.Rules() {
		codes = append(codes, r.Code)
	}
	for _, code := range f.ignore {
		if !slices.Contains(codes, code) {
			hint := "rules are " + strings.Join(codes, ", ")
			if near := diag.Suggest(code, codes); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return o, &usageError{fmt.Sprintf("--ignore: there is no rule %q", code), hint}
		}
	}
	var ok bool
	if o.Budget, ok = parseSize(f.budget); !ok {
		return o, &usageError{fmt.Sprintf("--budget %q is not a size", f.budget), "such as 500kB or 2MB"}
	}
	if o.BaseURL != "" && !strings.HasSuffix(o.BaseURL, "/") {
		o.BaseURL += "/"
	}
	if f.external {
		o.External = &elsewhere.Options{}
	}
	return o, nil
}

// parseSize reads a number of bytes.
func parseSize(s string) (int64, bool) {
	unit := int64(1)
	plain := strings.ToLower(strings.TrimSpace(s))
	for ending, n := range map[string]int64{"kb": 1e3, "mb": 1e6, "gb": 1e9, "k": 1e3, "m": 1e6, "g": 1e9} {
		if number, ok := strings.CutSuffix(plain, ending); ok {
			plain, unit = number, n
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(plain, "b")), 64)
	return int64(n * float64(unit)), err == nil && n > 0 && n < 1e15
}

// check checks what args names.
func (g *globals) check(ctx context.Context, args []string, f checkFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	dir := g.public()
	if len(args) > 0 {
		dir = args[0]
	} else if o.BaseURL == "" && g.isSite() {
		cfg, problems, err := config.Load(g.Dir)
		if err != nil {
			return err
		}
		if err := problems.Err(); err != nil {
			return err
		}
		o.BaseURL = cfg.BaseURL
	}
	if strings.HasPrefix(dir, "https://") || strings.HasPrefix(dir, "http://") {
		return g.checkURL(ctx, dir, f, o)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil && len(args) == 0:
		return fmt.Errorf("%s has not been built: backfile build makes it", dir)
	case err != nil || !info.IsDir():
		return &usageError{fmt.Sprintf("%s: there is no such folder", dir), ""}
	}
	list, err := tree.Walk(ctx, dir, hidden)
	if err != nil {
		return err
	}
	for _, t := range list.Files {
		o.Files = append(o.Files, check.File{Path: t.Path, Size: t.Stamp.Size})
	}
	return g.runCheck(ctx, checked{shown: g.shownPath(dir), root: filepath.ToSlash(g.shownPath(dir)) + "/", fsys: os.DirFS(dir)}, f, o)
}

// hidden reports whether a path is none of an archive's: .git and its like.
func hidden(p string) bool {
	return strings.HasPrefix(p, ".") && !strings.Contains(p, "/") && p != ".nojekyll" && p != ".well-known"
}

// shownPath is a path as people would type it.
func (g *globals) shownPath(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if rel, err := filepath.Rel(here, abs); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return dir
}

// A checked is what is being checked.
type checked struct {
	shown string // as messages call it
	root  string // what stands before a path in it
	fsys  fs.FS
}

// runCheck checks, and tells what was found.
func (g *globals) runCheck(ctx context.Context, what checked, f checkFlags, o check.Options) error {
	if len(o.Files) == 0 {
		return fmt.Errorf("%s is empty", what.shown)
	}
	bar := progress.New(g.Stderr, "files")
	o.Progress = bar.Set
	if o.External != nil {
		asked := progress.New(g.Stderr, "addresses of other sites")
		o.External.Progress = asked.Set
		defer asked.Done()
	}
	rep, err := check.Run(ctx, what.fsys, o)
	bar.Done()
	if err != nil {
		return err
	}
	switch {
	case f.sarif:
		v, _ := version()
		if err := sarif.Write(g.Stdout, rep, sarif.Options{Version: v, Root: what.root}); err != nil {
			return err
		}
	case g.JSON:
		for _, x := range rep.Findings {
			g.printJSON(line{"type": "finding", "code": x.Code, "file": what.root + x.Path, "line": x.Line, "column": x.Col, "message": x.Msg, "count": x.Count})
		}
		g.printJSON(line{"type": "check", "files": rep.Files, "pages": rep.Pages, "links": rep.Links, "asked": rep.Asked, "findings": rep.Total})
	default:
		g.sayFindings(what, rep)
	}
	if rep.Total > 0 {
		return errQuiet
	}
	return nil
}

// maxTold is how many findings of a rule are told one by one.
const maxTold = 20

// sayFindings prints findings, those of a rule that are too many counted.
func (g *globals) sayFindings(what checked, rep *check.Report) {
	told, rest := map[string]int{}, map[string]int{}
	for _, x := range rep.Findings {
		if told[x.Code] >= maxTold {
			rest[x.Code] += x.Count
			continue
		}
		told[x.Code]++
		p := diag.Problem{File: what.root + x.Path, Line: x.Line, Col: x.Col, Msg: x.Msg}
		more := ""
		if x.Count > 1 {
			more = fmt.Sprintf(" (and in %d more places)", x.Count-1)
		}
		fmt.Fprintf(g.Stdout, "%s [%s]%s\n", p.Error(), x.Code, more)
	}
	for _, r := range check.Rules() {
		if n := rest[r.Code]; n > 0 {
			fmt.Fprintf(g.Stderr, "backfile: and %d more of [%s] (--json lists them)\n", n, r.Code)
		}
	}
	asked := ""
	if rep.Asked > 0 {
		asked = fmt.Sprintf(", %d addresses of other sites", rep.Asked)
	}
	fmt.Fprintf(g.Stderr, "backfile: %s: %s, %s, %s%s: %s\n", what.shown, count(rep.Files, "file"), count(rep.Pages, "page"), count(rep.Links, "link"), asked, faults(rep.Total))
}

func faults(n int) string {
	if n == 0 {
		return "nothing found"
	}
	return count(n, "fault")
}
