package build

import "sync"

// A pageCache keeps the pages that a session has drawn. When one cannot be drawn
// any more, because its article has been broken since, the last good one is
// there.
type pageCache struct {
	mu    sync.Mutex
	pages map[string]drawnPage
}

// A drawnPage is a page as it was in an edition.
type drawnPage struct {
	bytes   []byte
	edition int
}

const maxDrawn = 200 // pages; people look at a few while they edit

// get returns the page at a path in an edition, drawn if it has to be, else the
// last good one. ok is false when there is none.
func (c *pageCache) get(path string, edition int, draw func() ([]byte, bool)) (page []byte, ok bool) {
	c.mu.Lock()
	last, known := c.pages[path]
	c.mu.Unlock()
	if known && last.edition == edition {
		return last.bytes, true
	}
	page, ok = draw()
	if !ok {
		return last.bytes, known
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pages) >= maxDrawn {
		clear(c.pages)
	}
	if c.pages == nil {
		c.pages = map[string]drawnPage{}
	}
	c.pages[path] = drawnPage{page, edition}
	return page, true
}

// clear forgets all pages.
func (c *pageCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.pages)
}
