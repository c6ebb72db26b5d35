package build

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport lists, for every package, the packages of this module that it may
// import. Imports run downwards only. To add an edge, add it here in the same
// commit and say why.
var mayImport = map[string][]string{
	"":        {"build/cli"},
	"layouts": {},

	"build/internal/diag":     {},
	"build/internal/digest":   {},
	"build/internal/newfile":  {},
	"build/internal/par":      {},
	"build/internal/progress": {},
	"build/internal/wire":     {},
	"build/internal/tree":     {"build/internal/par"},

	"build/article":            {"build/article/front", "build/internal/diag"},
	"build/article/front":      {},
	"build/slug":               {},
	"build/markdown":           {"build/markdown/plain", "build/markdown/shortcode"},
	"build/markdown/plain":     {},
	"build/markdown/shortcode": {},
	"build/config":             {"build/slug", "build/internal/diag", "build/internal/digest"},

	"build/capture": {
		"build/article", "build/internal/diag", "build/capture/container", "build/capture/feed", "build/capture/form", "build/capture/generator", "build/capture/mhtml",
		"build/capture/table", "build/capture/unpack", "build/capture/warc", "build/capture/wxr",
	},
	"build/capture/container": {},
	"build/capture/feed":      {},
	"build/capture/form":      {"build/capture/table", "build/capture/unpack"},
	"build/capture/generator": {"build/article", "build/article/front", "build/markdown"},
	"build/capture/mhtml":     {},
	"build/capture/table":     {},
	"build/capture/unpack":    {},
	"build/capture/warc":      {"build/capture/unpack"},
	"build/capture/wxr":       {},
	"build/clean":             {"build/article", "build/article/front", "build/capture", "build/clean/plaintext", "build/internal/diag"},
	"build/clean/plaintext":   {},
	"build/shelf":             {"build/article", "build/slug", "build/internal/digest", "build/internal/newfile", "build/internal/par", "build/internal/tree"},

	"build/content":         {"build/article", "build/markdown", "build/internal/diag", "build/internal/digest", "build/internal/par", "build/internal/tree"},
	"build/site":            {"build/article", "build/config", "build/content", "build/slug", "build/internal/diag", "build/internal/digest", "build/internal/par"},
	"build/render":          {"build/article", "build/config", "build/markdown", "build/render/compiled", "build/site", "build/internal/diag", "build/internal/digest"},
	"build/render/compiled": {},
	"build/search": {
		"build/search/shard", "build/search/words", "build/internal/digest", "build/internal/par", "build/internal/wire",
	},
	"build/search/shard": {},
	"build/search/words": {},
	"build/manifest":     {"build/internal/digest", "build/internal/par"},
	"build/publish":      {"build/internal/digest", "build/internal/tree"},
	"build/serve":        {},

	"build": {
		"build/article", "build/capture", "build/clean", "build/config", "build/content", "build/manifest", "build/markdown", "build/publish",
		"build/render", "build/search", "build/shelf", "build/site", "build/internal/diag", "build/internal/digest", "build/internal/newfile", "build/internal/par",
		"build/internal/tree", "build/internal/wire", "layouts",
	},
	"build/cli": {
		"build", "build/article", "build/config", "build/serve", "build/site", "build/internal/diag", "build/internal/digest", "build/internal/progress", "layouts",
	},
}

// TestImportsRunDownwards reads the imports of every package.
func TestImportsRunDownwards(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if _, nested := os.Stat(filepath.Join(file, "go.mod")); nested == nil && file != root {
			return fs.SkipDir // a module of its own, which stands in for another's
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		if problem := checkImports(strings.TrimPrefix(filepath.ToSlash(rel), "."), file); problem != "" {
			t.Error(problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkImports returns what is wrong with the imports of one file, or "".
func checkImports(pkg, file string) string {
	allowed, ok := mayImport[pkg]
	if !ok {
		return fmt.Sprintf("package %s is not in mayImport: add it, and to the tree in the package comment", pkg)
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return err.Error()
	}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		ours, found := strings.CutPrefix(p, "backfile/")
		if found && !slices.Contains(allowed, ours) {
			return fmt.Sprintf("%s imports %s, which mayImport does not allow (%s)", pkg, ours, path.Base(file))
		}
	}
	return ""
}

// TestMayImportHasNoCycle keeps the table itself downwards.
func TestMayImportHasNoCycle(t *testing.T) {
	state := map[string]int{}
	var visit func(pkg string, way []string)
	visit = func(pkg string, way []string) {
		if state[pkg] == 1 {
			t.Fatalf("mayImport allows a circle: %s", strings.Join(append(way, pkg), " -> "))
		}
		if state[pkg] == 2 {
			return
		}
		state[pkg] = 1
		for _, next := range mayImport[pkg] {
			visit(next, append(way, pkg))
		}
		state[pkg] = 2
	}
	for pkg := range mayImport {
		visit(pkg, nil)
	}
}
