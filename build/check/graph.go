package check

import (
	"context"
	"fmt"
	"hash/maphash"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"backfile/build/check/elsewhere"
)

// A wanted is a link to a place of a page.
type wanted struct {
	from, to int32
	off      int // of the link
	frag     string
}

// wanting are the places of other pages that links lead to. They are looked
// for when all pages have been read.
type wanting struct {
	mu    sync.Mutex
	list  []wanted
	made  bool
	shake maphash.Seed
}

// seed is what all ids are digested with.
func (w *wanting) seed() maphash.Seed {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.made {
		w.shake, w.made = maphash.MakeSeed(), true
	}
	return w.shake
}

func (w *wanting) add(x wanted) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, x)
}

// anchors looks for the places of other pages that links lead to.
func (c *checker) anchors() error {
	seed := c.wanting.seed()
	for _, x := range c.wanting.list {
		has := func(frag string) bool {
			_, ok := slices.BinarySearch(c.pages[x.to].ids, maphash.String(seed, frag))
			return ok
		}
		if isTop(x.frag) || has(x.frag) || has(unescape(x.frag)) {
			continue
		}
		from := c.files[x.from].Path
		b, err := fs.ReadFile(c.fsys, from)
		if err != nil {
			return fmt.Errorf("reading %s: %w", from, err)
		}
		line, col := place(b, x.off)
		c.found.add(Finding{Code: "anchor", Path: from, Line: line, Col: col, Msg: fmt.Sprintf("a link leads to #%s of %s, which that page does not have", x.frag, c.files[x.to].Path)})
	}
	return nil
}

// isTop reports whether a browser goes to the top of the page, or by itself to
// a text that is named.
func isTop(frag string) bool {
	return strings.EqualFold(frag, "top") || strings.HasPrefix(frag, ":~:")
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// orphans looks for pages to which no way leads from the home page. Pages that
// only lead on, for old addresses, and the one for what is missing are meant
// to be found otherwise.
func (c *checker) orphans() {
	home, ok := c.at["index.html"]
	if !ok {
		if c.count > 0 {
			c.found.add(Finding{Code: "link", Path: "index.html", Msg: "the archive has no home page"})
		}
		return
	}
	c.pages[home].inside = true
	for todo := []int32{home}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, q := range c.pages[p].out {
			if !c.pages[q].inside {
				c.pages[q].inside = true
				todo = append(todo, q)
			}
		}
	}
	for i, p := range c.pages {
		if name := c.files[i].Path; p.is && !p.inside && !p.moved && name != "404.html" {
			c.found.add(Finding{Code: "orphan", Path: name, Msg: "no way leads here from the home page"})
		}
	}
}

// asking are the addresses of other sites that links lead to.
type asking struct {
	mu   sync.Mutex
	from map[string]Finding // by address, the first place of each
}

// note remembers a link to another site, when such are to be asked.
func (a *asking) note(w *worker, address string) {
	if w.c.External == nil {
		return
	}
	address, _, _ = strings.Cut(address, "#")
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	line, col := place(w.src, w.off)
	f := Finding{Code: "external", Path: w.c.files[w.num].Path, Line: line, Col: col}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.from == nil {
		a.from = map[string]Finding{}
	}
	if old, ok := a.from[address]; !ok || compare(f, old) < 0 {
		a.from[address] = f
	}
}

// external asks other sites whether links there lead somewhere. It returns how
// many addresses were asked for.
func (c *checker) external(ctx context.Context) (int, error) {
	if c.External == nil {
		return 0, nil
	}
	wrong, err := elsewhere.Ask(ctx, slices.Sorted(maps.Keys(c.asking.from)), *c.External)
	for address, w := range wrong {
		f := c.asking.from[address]
		f.Msg = fmt.Sprintf("%s %s", short(address), w)
		c.found.add(f)
	}
	return len(c.asking.from), err
}
