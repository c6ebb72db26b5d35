package site

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"backfile/build/config"
	"backfile/build/content"
	"backfile/build/internal/par"
	"backfile/build/slug"

	"golang.org/x/text/cases"
)

// kinds are the folders of terms, in the order in which they are classified.
var kinds = [...]string{"topics", "people", "places", "authors", "sources"}

// weight says how much a shared term of a kind tells about two articles being
// of one matter: a person more than a topic, a topic more than a place.
var weight = map[string]int{"topics": 2, "people": 3, "places": 1}

const (
	maxRelated = 4
	lookBack   = 8 // earlier articles looked at for each shared term
)

// A term is a topic, person, place, author or source with its articles.
type term struct {
	kind, slug, label, about string
	nodes                    []*node // undated first, then oldest first
}

func (t *term) url() string { return t.kind + "/" + t.slug + "/index.html" }

// A taxonomy is all terms of one kind.
type taxonomy struct {
	kind     string
	known    map[string]config.Term // by folded spelling: what site.yaml says
	spelling map[string]*term       // by spelling as met
	bySlug   map[string]*term
	all      []*term // by label
	fold     cases.Caser
}

func newTaxonomy(kind string, known []config.Term) *taxonomy {
	x := &taxonomy{kind: kind, known: map[string]config.Term{}, spelling: map[string]*term{}, bySlug: map[string]*term{}, fold: cases.Fold()}
	for _, t := range known {
		x.known[x.fold.String(t.Slug)] = t
		x.known[x.fold.String(t.Label)] = t
		for _, aka := range t.Aka {
			x.known[x.fold.String(aka)] = t
		}
	}
	return x
}

// term returns the term that a spelling means, making it when it is new. A
// term that site.yaml does not name is labelled as its oldest article spells it.
func (x *taxonomy) term(spelling string) *term {
	if t := x.spelling[spelling]; t != nil {
		return t
	}
	label := strings.Join(strings.Fields(spelling), " ")
	known, ok := x.known[x.fold.String(label)]
	if !ok {
		known = config.Term{Slug: slug.Term(label)}
		if k, ok := x.known[known.Slug]; ok {
			known = k
		}
	}
	if known.Label == "" {
		known.Label = label
	}
	t := x.bySlug[known.Slug]
	if t == nil {
		t = &term{kind: x.kind, slug: known.Slug, label: known.Label, about: known.About}
		x.bySlug[t.slug] = t
		x.all = append(x.all, t)
	}
	x.spelling[spelling] = t
	return t
}

// classify files every article under its terms, and finds its relations while
// only dated articles are filed.
func (s *Site) classify() {
	for _, k := range kinds {
		s.terms = append(s.terms, newTaxonomy(k, s.cfg.Terms(k)))
	}
	for _, n := range s.dated {
		n.terms = s.termsOf(n)
		for _, t := range n.terms {
			t.nodes = append(t.nodes, n)
		}
	}
	const some = 1000 // at once
	par.Spread(len(s.dated), some, func(from, to int) {
		for _, n := range s.dated[from:to] {
			n.related = related(n)
		}
	})
	late := map[*term][]*node{}
	for _, n := range s.undated {
		n.terms = s.termsOf(n)
		for _, t := range n.terms {
			late[t] = append(late[t], n)
		}
	}
	for t, nodes := range late {
		t.nodes = append(nodes, t.nodes...)
	}
	for _, x := range s.terms {
		slices.SortFunc(x.all, func(a, b *term) int {
			return cmp.Or(strings.Compare(x.fold.String(a.label), x.fold.String(b.label)), strings.Compare(a.slug, b.slug))
		})
	}
}

// termsOf returns an article's terms, each once, in the order of kinds.
func (s *Site) termsOf(n *node) []*term {
	var source []string
	if n.source != "" {
		source = []string{n.source}
	}
	lists := [...][]string{n.Topics, n.People, n.Places, n.Authors, source}
	size := 0
	for _, l := range lists {
		size += len(l)
	}
	out := make([]*term, 0, size)
	for i, list := range lists {
		for _, spelling := range list {
			if t := s.terms[i].term(spelling); !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// sourceName is the publication an article comes from: its name, else the
// host of its address.
func sourceName(e *content.Entry) string {
	if e.Source.Name != "" || e.Source.URL == "" {
		return e.Source.Name
	}
	host, ok := plainHost(e.Source.URL)
	if !ok {
		u, err := url.Parse(e.Source.URL)
		if err != nil {
			return ""
		}
		host = u.Hostname()
	}
	return strings.TrimPrefix(host, "www.")
}

// plainHost returns the host of an address that is written as nearly all are,
// without going through all that addresses can be, which would be a tenth of
// the model's time. ok is false when it is not so written.
func plainHost(address string) (host string, ok bool) {
	_, rest, found := strings.Cut(address, "://")
	if !found || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return "", false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	for i := range len(rest) {
		c := rest[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.'
		if !letter && (i < end || c <= ' ' || c > '~' || c == '%') {
			return "", false
		}
	}
	return rest[:end], true
}

// related returns the earlier articles that share most with n, best first: the
// last few before it under each of its terms, scored by what they share, the
// later one before the earlier. What is filed after n has no say: related
// articles look back in time only.
func related(n *node) []*node {
	type scored struct {
		*node
		score int
	}
	var few [64]scored // nearly always enough, and not on the heap
	found := few[:0]
	for _, t := range n.terms {
		w := weight[t.kind]
		if w == 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(t.nodes, n.seq, func(o *node, seq int) int { return o.seq - seq })
		for _, o := range t.nodes[max(0, at-lookBack):at] {
			if o.Withdrawn != "" {
				continue
			}
			i := 0
			for i < len(found) && found[i].node != o {
				i++
			}
			if i == len(found) {
				found = append(found, scored{o, 0})
				if o.Lang == n.Lang {
					found[i].score++
				}
			}
			found[i].score += w
		}
	}
	slices.SortFunc(found, func(a, b scored) int { return cmp.Or(b.score-a.score, b.seq-a.seq) })
	out := make([]*node, min(maxRelated, len(found)))
	for i := range out {
		out[i] = found[i].node
	}
	return out
}

// links returns the links to n's terms of one kind.
func links(n *node, kind string) []Link {
	var out []Link
	for _, t := range n.terms {
		if t.kind == kind {
			out = append(out, Link{Label: t.label, URL: t.url()})
		}
	}
	return out
}

// view is a term as its page shows it; counts and spans only when whole is
// set, since an older page of its list must not change with later articles.
func (t *term) view(whole bool) *Term {
	v := &Term{Kind: t.kind, Label: t.label, Slug: t.slug, URL: t.url(), About: t.about}
	if !whole {
		return v
	}
	v.Count = len(t.nodes)
	if i := slices.IndexFunc(t.nodes, func(n *node) bool { return !n.date.IsZero() }); i >= 0 {
		v.First, v.Last = t.nodes[i].date, t.nodes[len(t.nodes)-1].date
	}
	return v
}
