package wxr

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
)

// post makes a Post of the fields of an item.
func (r *reader) post(f map[string]string, p *parts) Post {
	out := Post{
		Title: f["title"], Link: f["link"], Type: cmp.Or(f["wp:post_type"], "post"), Excerpt: f["excerpt:encoded"], OldSlugs: p.old, Site: r.site,
		Date:    instant(f["wp:post_date"], f["wp:post_date_gmt"]),
		Updated: instant(f["wp:post_modified"], f["wp:post_modified_gmt"]),
	}
	if out.Date == "" {
		out.Date = f["pubDate"]
	}
	if strings.HasPrefix(out.Updated, out.Date) {
		out.Updated = ""
	}
	if slug, err := url.PathUnescape(f["wp:post_name"]); err == nil {
		out.Slug = slug
	}
	if login := f["dc:creator"]; login != "" {
		out.Authors = []string{cmp.Or(r.authors[login], login)}
	}
	for _, t := range p.terms {
		name := cmp.Or(t.name, t.nice)
		switch {
		case name == "" || t.domain == "post_format" || t.domain == "nav_menu" || t.domain == "language":
		case t.nice == "uncategorized" || strings.EqualFold(name, "uncategorized"):
		case t.domain == "author": // of the plugin Co-Authors
			out.Authors = append(out.Authors, name)
		case !slices.Contains(out.Topics, name):
			out.Topics = append(out.Topics, name)
		}
	}
	c := &cleaner{files: r.files}
	out.HTML = c.clean(f["content:encoded"])
	if a, ok := r.files[p.metas["_thumbnail_id"]]; ok && !strings.Contains(out.HTML, a.url) {
		out.HTML = figure(a) + out.HTML
	}
	return out
}

// instant joins the local time of a post with that in Greenwich: the difference
// is the zone.
func instant(local, gmt string) string {
	const form = "2006-01-02 15:04:05"
	t, err := time.Parse(form, local)
	if err != nil || t.Year() < 1 {
		if t, err = time.Parse(form, gmt); err != nil || t.Year() < 1 {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	g, err := time.Parse(form, gmt)
	offset := t.Sub(g)
	if err != nil || g.Year() < 1 || offset.Abs() > 14*time.Hour {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05") + g.In(time.FixedZone("", int(offset.Seconds()))).Format("Z07:00")
}
