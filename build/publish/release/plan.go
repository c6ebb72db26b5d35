package release

import (
	"fmt"
	"path"
	"strings"

	"backfile/build/manifest"
)

// A Plan is what makes a host's copy the same as a release.
type Plan struct {
	Waves        [][]File // to be put, each wave when the one before is there
	Remove       []string // then these are to go, sorted
	New, Changed int
	Bytes        int64 // to be put
	Files        int   // of the release
	There        int   // files of the host's copy
}

// Plan compares r with what a host has, in any order. Files of the host that
// have the same digest are left alone.
func (r *Release) Plan(there []File) Plan {
	has := make(map[string]File, len(there))
	for _, f := range there {
		has[f.Path] = f
	}
	p := Plan{Waves: make([][]File, 5), Files: len(r.Files), There: len(has)}
	for _, f := range r.Files {
		old, known := has[f.Path]
		if known && old.Sum == f.Sum && old.Size == f.Size {
			continue
		}
		if known {
			p.Changed++
		} else {
			p.New++
		}
		p.Bytes += f.Size
		w := wave(f.Path, known)
		p.Waves[w] = append(p.Waves[w], f)
	}
	for _, f := range there {
		if _, once := has[f.Path]; once && !r.Has(f.Path) {
			p.Remove = append(p.Remove, f.Path)
			delete(has, f.Path)
		}
	}
	return p
}

// wave is when a file is to be put.
func wave(p string, known bool) int {
	switch {
	case p == manifest.HeadPath:
		return 4
	case strings.HasPrefix(p, manifest.Dir):
		return 3
	case leads(p):
		return 2
	case known:
		return 1
	}
	return 0
}

// leads reports whether a file leads readers to others, which must be there
// when it says so.
func leads(p string) bool {
	switch name := path.Base(p); {
	case name == "index.html", strings.HasPrefix(name, "feed"), strings.HasPrefix(name, "sitemap"):
		return true
	case strings.HasPrefix(p, "sitemaps/"), p == "search/manifest.js", p == "robots.txt":
		return true
	}
	return false
}

// Puts is the number of files to be put.
func (p *Plan) Puts() int { return p.New + p.Changed }

// Guard refuses to remove more than most files: so many are seldom meant, and
// a mistake is dearer than a question. A negative number allows any.
func (p *Plan) Guard(most int) error {
	if most < 0 || len(p.Remove) <= most {
		return nil
	}
	return fmt.Errorf("%d of %d files there are no longer in the archive, such as %s: more than %d are removed only with --max-delete %d; nothing was changed",
		len(p.Remove), p.There, p.Remove[0], most, len(p.Remove))
}
