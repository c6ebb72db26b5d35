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
	"build/internal/disk":     {},
	"build/internal/fields":   {"build/internal/digest"},
	"build/internal/tree":     {"build/internal/par"},

	"build/article":            {"build/article/front", "build/internal/diag"},
	"build/article/front":      {},
	"build/slug":               {},
	"build/markdown":           {"build/markdown/plain", "build/markdown/shortcode"},
	"build/markdown/plain":     {},
	"build/markdown/shortcode": {},
	"build/config":             {"build/slug", "build/internal/diag", "build/internal/digest"},

	"build/capture":           {"build/article", "build/capture/container", "build/capture/feed", "build/capture/form", "build/capture/generator", "build/capture/mhtml", "build/capture/table", "build/capture/unpack", "build/capture/warc", "build/capture/wxr", "build/internal/diag"},
	"build/capture/container": {},
	"build/capture/feed":      {},
	"build/capture/form":      {"build/capture/table", "build/capture/unpack"},
	"build/capture/generator": {"build/article", "build/article/front", "build/markdown"},
	"build/capture/mhtml":     {},
	"build/capture/table":     {},
	"build/capture/unpack":    {},
	"build/capture/warc":      {"build/capture/unpack"},
	"build/capture/wxr":       {},
	"build/clean":             {"build/article", "build/article/front", "build/capture", "build/clean/dateline", "build/clean/judge", "build/clean/lines", "build/clean/markup", "build/clean/memory", "build/clean/page", "build/clean/plaintext", "build/clean/story", "build/internal/diag"},
	"build/clean/plaintext":   {},
	"build/shelf":             {"build/article", "build/internal/digest", "build/internal/newfile", "build/internal/par", "build/internal/tree", "build/slug"},
	"build/clean/eval":        {"build/capture", "build/clean", "build/clean/memory", "build/clean/page", "build/clean/story"},
	"build/clean/markup":      {},
	"build/clean/page":        {"build/article", "build/clean/dateline"},
	"build/clean/dateline":    {"build/article"},
	"build/clean/story":       {"build/clean/page"},
	"build/clean/judge":       {"build/clean/lines", "build/clean/memory"},
	"build/clean/judge/train": {"build/clean", "build/clean/judge", "build/clean/memory"},
	"build/clean/lines":       {},
	"build/clean/memory":      {"build/clean/lines"},

	"build/content":         {"build/article", "build/markdown", "build/internal/diag", "build/internal/digest", "build/internal/par", "build/internal/tree"},
	"build/site":            {"build/article", "build/config", "build/content", "build/slug", "build/internal/diag", "build/internal/digest", "build/internal/par"},
	"build/render":          {"build/article", "build/config", "build/markdown", "build/render/compiled", "build/site", "build/internal/diag", "build/internal/digest"},
	"build/render/compiled": {},
	"build/search": {
		"build/search/shard", "build/search/words", "build/internal/digest", "build/internal/par", "build/internal/wire",
	},
	"build/search/shard":                {},
	"build/search/words":                {},
	"build/manifest":                    {"build/internal/digest", "build/internal/fields", "build/internal/par"},
	"build/publish":                     {"build/publish/twin", "build/internal/digest", "build/internal/tree"},
	"build/serve":                       {"build/internal/diag", "build/internal/digest"},
	"build/starter":                     {"build/config", "build/internal/newfile"},
	"build/publish/pages":               {"build/publish/release"},
	"build/publish/release/releasetest": {"build/internal/digest", "build/manifest"},
	"build/check":                       {"build/check/csp", "build/check/elsewhere", "build/check/feeds", "build/internal/par"},
	"build/check/csp":                   {},
	"build/check/elsewhere":             {"build/internal/par"},
	"build/check/feeds":                 {},
	"build/check/remote":                {"build/manifest"},
	"build/check/sarif":                 {"build/check"},
	"build/publish/folder":              {"build/internal/digest", "build/internal/par", "build/internal/tree", "build/manifest", "build/publish", "build/publish/release"},
	"build/publish/bundle":              {"build/internal/par", "build/publish", "build/publish/release"},
	"build/publish/twin":                {},
	"build/publish/s3":                  {"build/internal/par", "build/manifest", "build/publish/release"},
	"build/publish/release":             {"build/internal/digest", "build/manifest"},

	// Bundles are made of a release alone, and know no site.
	"build/bundle": {
		"build/article", "build/internal/diag", "build/manifest", "build/mirror/part", "build/publish", "build/publish/release",
	},
	"build/bundle/tarball": {"build/bundle"},
	"build/bundle/epub":    {"build/article", "build/bundle", "build/internal/digest", "build/publish/release", "build/render"},
	"build/bundle/warc":    {"build/bundle", "build/internal/digest"},
	"build/bundle/zim":     {"build/bundle", "build/internal/digest", "build/manifest"},
	"build/bundle/torrent": {},
	"build/bundle/unixfs":  {"build/bundle", "build/publish/release"},

	"build/watch":            {"build/internal/tree"},
	"build/manifest/trust":   {"build/internal/digest", "build/internal/fields", "build/manifest"},
	"build/manifest/secret":  {"build/internal/fields", "build/manifest/trust"},
	"build/manifest/release": {"build/internal/digest", "build/manifest", "build/manifest/secret", "build/manifest/trust"},
	"build/mirror":           {"build/internal/digest", "build/internal/disk", "build/internal/fields", "build/internal/par", "build/internal/tree", "build/manifest", "build/manifest/release", "build/manifest/secret", "build/manifest/trust", "build/mirror/fault", "build/mirror/offer", "build/mirror/part", "build/mirror/source", "build/mirror/state"},
	"build/mirror/fault":     {},
	"build/mirror/source":    {"build/manifest"},
	"build/mirror/part":      {"build/internal/fields", "build/manifest"},
	"build/mirror/offer":     {"build/internal/par", "build/manifest", "build/manifest/release", "build/manifest/trust", "build/mirror/fault", "build/mirror/source"},
	"build/mirror/state":     {"build/internal/digest", "build/internal/disk", "build/manifest/release", "build/manifest/trust", "build/mirror/offer"},
	"build/mirror/check":     {"build/internal/digest", "build/internal/par", "build/manifest", "build/manifest/release", "build/manifest/trust", "build/mirror", "build/mirror/fault", "build/mirror/offer", "build/mirror/part", "build/mirror/source"},

	"build": {
		"build/article",
		"build/capture",
		"build/clean",
		"build/clean/memory",
		"build/config",
		"build/content",
		"build/manifest",
		"build/manifest/release",
		"build/markdown",
		"build/publish",
		"build/publish/twin",
		"build/render", "build/search", "build/shelf", "build/site", "build/internal/diag", "build/internal/digest", "build/internal/newfile", "build/internal/par",
		"build/internal/tree", "build/internal/wire", "layouts",
	},
	"build/cli": {
		"build",
		"build/article",
		"build/bundle",
		"build/bundle/epub",
		"build/bundle/tarball",
		"build/bundle/torrent",
		"build/bundle/unixfs",
		"build/bundle/warc",
		"build/bundle/zim",
		"build/check",
		"build/check/elsewhere",
		"build/check/remote",
		"build/check/sarif",
		"build/config",
		"build/internal/diag",
		"build/internal/digest",
		"build/internal/progress",
		"build/internal/tree",
		"build/manifest",
		"build/manifest/release",
		"build/manifest/secret",
		"build/manifest/trust",
		"build/mirror",
		"build/mirror/check",
		"build/mirror/fault",
		"build/mirror/offer",
		"build/mirror/part",
		"build/mirror/source",
		"build/publish/bundle",
		"build/publish/folder",
		"build/publish/pages",
		"build/publish/release",
		"build/publish/s3",
		"build/serve",
		"build/site",
		"build/slug",
		"build/starter",
		"build/watch",
		"layouts",
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
