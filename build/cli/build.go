package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"backfile/build"
	"backfile/build/internal/diag"
	"backfile/build/internal/digest"
	"backfile/build/internal/progress"
	"backfile/build/publish/pages"

	"github.com/spf13/cobra"
)

func newBuild(g *globals) *cobra.Command {
	var keepGoing bool
	c := &cobra.Command{
		Use:         "build",
		Annotations: map[string]string{stopped: "public/ is as it was", dropped: "public/ stays whole, and the next build completes it"},
		Short:       "Render content/ to public/",
		Example:     "  backfile build\n  backfile build --keep-going -o " + "../public",
		Args:        cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o := g.options()
			o.KeepGoing = keepGoing
			bar := progress.New(g.Stderr, "pages")
			o.Progress = func(n int) { bar.Set(n, 0) }
			rep, err := build.Run(c.Context(), o)
			bar.Done()
			return g.built(rep, err)
		},
	}
	c.Flags().BoolVarP(&keepGoing, "keep-going", "k", false, "publish the files without problems, and end with status 1 if there were any")
	c.Flags().StringVarP(&g.Out, "output", "o", "", "where to build (default: public/ in the archive's folder)")
	return c
}

// options are those of a build of g's site.
func (g *globals) options() build.Options {
	return build.Options{Dir: g.Dir, Out: g.Out, Program: program()}
}

// program is the digest of this very program, so that the pages that another
// version drew are drawn again. It reads 30 MB, once.
var program = sync.OnceValue(func() digest.Sum {
	file, err := os.Executable()
	if err != nil {
		return digest.Sum{}
	}
	f, err := os.Open(file)
	if err != nil {
		return digest.Sum{}
	}
	defer f.Close()
	sum, err := digest.Reader(f)
	if err != nil {
		return digest.Sum{}
	}
	return sum
})

// built says what a build did.
func (g *globals) built(rep build.Report, err error) error {
	if list, ok := errors.AsType[diag.List](err); ok {
		rep.Problems = list
	}
	if g.JSON {
		for _, p := range rep.Problems {
			if p.Severity != diag.LeftOut {
				g.printJSON(problemLine(p))
			}
		}
	} else {
		g.problems(shown(rep.Problems))
	}
	if err != nil {
		if _, ok := errors.AsType[diag.List](err); ok {
			fmt.Fprintln(g.Stderr, "backfile: nothing was changed; mend the above, or use --keep-going to publish the rest")
			return errQuiet
		}
		return err
	}
	if g.JSON {
		g.printJSON(reportLine(rep))
	} else {
		fmt.Fprintln(g.Stdout, summary(rep))
	}
	if len(rep.Problems.Errors()) > 0 {
		return errQuiet
	}
	return nil
}

// shown leaves out what is left out on purpose: the last line counts those.
func shown(list diag.List) diag.List {
	var out diag.List
	for _, p := range list {
		if p.Severity != diag.LeftOut {
			out = append(out, p)
		}
	}
	return out
}

// summary is the line that a finished build says.
func summary(rep build.Report) string {
	s := fmt.Sprintf("%s, %s, %s; %s: %d written, %d removed; %s, %s of GitHub Pages' 1 GB; %.1f s",
		count(rep.Articles, "article"), count(rep.Days, "day"), count(rep.Topics, "topic"),
		count(rep.Files, "file"), rep.Written, rep.Removed, size(rep.Bytes), percent(rep.Bytes), rep.Elapsed.Seconds())
	var out []string
	if rep.LeftOut > 0 {
		out = append(out, count(rep.LeftOut, "article"))
	}
	if rep.LeftOutFiles > 0 {
		out = append(out, count(rep.LeftOutFiles, "other file"))
	}
	if out != nil {
		s += fmt.Sprintf("; %s left out (backfile list left-out)", strings.Join(out, " and "))
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size is a number of bytes as people read it, in powers of ten.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 999_500:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 9_950_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n < 999_500_000:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func percent(n int64) string {
	p := 100 * float64(n) / pages.SiteLimit
	if p < 1 && n > 0 {
		return "under 1 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}

// A line is one JSON line of standard output.
type line map[string]any

func problemLine(p *diag.Problem) line {
	return line{"type": "problem", "severity": p.Severity.String(), "file": p.File, "line": p.Line, "column": p.Col, "message": p.Msg, "help": p.Help}
}

func reportLine(rep build.Report) line {
	return line{
		"type": "build", "articles": rep.Articles, "days": rep.Days, "topics": rep.Topics, "files": rep.Files,
		"written": rep.Written, "removed": rep.Removed, "bytes": rep.Bytes, "written_bytes": rep.WrittenBytes,
		"left_out": rep.LeftOut, "left_out_files": rep.LeftOutFiles, "seconds": rep.Elapsed.Seconds(),
	}
}

// printJSON prints v as a line of standard output.
func (g *globals) printJSON(v any) {
	enc := json.NewEncoder(g.Stdout)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // our own types can always be encoded
	}
}
