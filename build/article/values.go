package article

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"backfile/build/article/front"
	"backfile/build/internal/diag"
)

// A splitter takes apart a list that is written as one text.
type splitter func(string) []string

func whole(s string) []string { return []string{s} }

// byComma splits at commas, or at semicolons when there are any.
func byComma(s string) []string {
	if strings.ContainsAny(s, ";；") {
		return strings.FieldsFunc(s, func(c rune) bool { return c == ';' || c == '；' })
	}
	return strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == '，' || c == '、' })
}

// bySpace splits at commas, or as Jekyll does, at spaces.
func bySpace(s string) []string {
	if parts := byComma(s); len(parts) > 1 {
		return parts
	}
	return strings.Fields(s)
}

// names returns the texts in a list, a scalar, or a table with a name.
func (p *parser) names(n *front.Node, split splitter) []string {
	switch n.Kind {
	case front.Scalar:
		return split(n.Text)
	case front.Table:
		if name := n.Get("name", "title", "label"); name != nil && name.Kind == front.Scalar {
			return []string{name.Text}
		}
		p.wrong(n, "a list")
	case front.List:
		out := make([]string, 0, len(n.Items))
		for i := range n.Items {
			item := &n.Items[i]
			if item.Kind == front.List {
				p.wrong(item, "a plain list")
				continue
			}
			out = append(out, p.names(item, whole)...)
		}
		return out
	}
	return nil
}

func (p *parser) addNames(to *[]string, n *front.Node, split splitter) {
	p.join(to, n, p.names(n, split))
}

// join adds names to a list, each once. Of very many they are not compared:
// that takes long.
func (p *parser) join(to *[]string, n *front.Node, names []string) {
	if len(names) <= 5*maxList {
		names = unique(append(*to, names...))
	}
	if p.fits(n, len(names)) {
		*to = names
	}
}

// fits reports lists that are too long to be meant.
func (p *parser) fits(n *front.Node, values int) bool {
	if values > maxList && !p.loose {
		p.problem(n.At, 1, fmt.Sprintf("%s has %d values, and at most %d are read", p.key, values, maxList), "")
	}
	return values <= maxList
}

// unique trims texts and keeps each once, whatever its case, as first written.
func unique(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		t = clean(t)
		if t != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, t) }) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (p *parser) addTopics(n *front.Node, split splitter) { p.addNames(&p.a.Topics, n, split) }

// orTopics takes for topics what is none by itself, when there are no others.
// Search engines' keywords run to dozens; a generator's section is often just
// "posts".
func (p *parser) orTopics(n *front.Node) {
	if len(p.a.Topics) > 0 {
		return
	}
	topics := p.names(n, byComma)
	topics = unique(topics[:min(len(topics), maxList)])
	topics = slices.DeleteFunc(topics, func(t string) bool {
		return slices.Contains([]string{"post", "posts", "blog", "page", "pages", "article", "articles"}, strings.ToLower(t))
	})
	p.a.Topics = topics[:min(len(topics), 12)]
	if len(p.a.Topics) == 0 {
		p.a.Topics = nil
	}
}

func (p *parser) addAuthor(n *front.Node) {
	names := p.names(n, whole)
	for i, name := range names {
		if by := strings.TrimSpace(name); len(by) > 3 && strings.EqualFold(by[:3], "by ") {
			names[i] = by[3:]
		}
	}
	p.join(&p.a.Authors, n, names)
}

func (p *parser) setSource(n *front.Node) {
	switch n.Kind {
	case front.Scalar:
		if isURL(n.Text) {
			p.setSourceURL(n)
			return
		}
		p.setText(&p.a.Source.Name, n)
		return
	case front.List:
		p.wrong(n, "a name, an address or a table")
		return
	}
	outer := p.key
	known := []string{"name", "url", "captured", "sha256", "cleaner", "seal"}
	for i := range n.Fields {
		f := &n.Fields[i]
		p.key = outer + "." + f.Key
		switch strings.ToLower(f.Key) {
		case "name", "publication", "publisher":
			p.setText(&p.a.Source.Name, &f.Value)
		case "url", "link":
			p.setSourceURL(&f.Value)
		case "captured":
			p.setDateTo(&p.a.Source.Captured, &f.Value)
		case "sha256":
			p.setSHA256(&f.Value)
		case "cleaner":
			p.setCleaner(&f.Value)
		case "seal":
			p.setSeal(&f.Value)
		default:
			if meant := diag.Suggest(f.Key, known); meant != "" && n.Get(meant) == nil {
				p.problem(f.At, utf8.RuneCountInString(f.Key), fmt.Sprintf("unknown key %q in %s", f.Key, outer), fmt.Sprintf("did you mean %q?", meant))
			}
		}
	}
}

func isURL(s string) bool {
	s = strings.TrimSpace(s)
	scheme, rest, ok := strings.Cut(s, "://")
	return ok && rest != "" && !strings.ContainsAny(s, " \t\n") && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// setSourceURL takes an address for the article's origin; from another
// generator's key only when it is a whole one.
func (p *parser) setSourceURL(n *front.Node) {
	if p.loose && !isURL(n.Text) {
		return
	}
	p.setText(&p.a.Source.URL, n)
}

func (p *parser) setSHA256(n *front.Node) {
	text := strings.ToLower(p.one(n, "a SHA-256 digest"))
	if len(text) != 64 && text != "" || strings.Trim(text, "0123456789abcdef") != "" {
		p.wrong(n, "a SHA-256 digest, 64 digits and letters from a to f")
		return
	}
	if p.a.Source.SHA256 == "" {
		p.a.Source.SHA256 = text
	}
}

// setCleaner takes the version of the cleaner.
func (p *parser) setCleaner(n *front.Node) {
	text := p.one(n, "the number of a version")
	if text == "" {
		return
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 || v > maxVersion {
		p.wrong(n, "the number of a version")
		return
	}
	p.a.Source.Cleaner = v
}

const maxVersion = 1 << 20

// setSeal takes a seal as it is: a broken one only says that the file was
// edited.
func (p *parser) setSeal(n *front.Node) {
	text := strings.ToLower(p.one(n, "a seal"))
	if strings.Trim(text, "0123456789abcdef") != "" {
		p.wrong(n, "a seal, digits and letters from a to f")
		return
	}
	p.a.Source.Seal = text
}

// setWithdrawn takes the reason, or true for "withdrawn without a reason".
func (p *parser) setWithdrawn(n *front.Node) {
	text := p.one(n, "a reason, or true")
	if yes, ok := truth(n); ok && n.Plain {
		text = ""
		if yes {
			text = "withdrawn"
		}
	}
	p.a.Withdrawn = text
}

func (p *parser) addCorrections(n *front.Node) {
	items := []front.Node{*n}
	if n.Kind == front.List {
		items = n.Items
	}
	if !p.fits(n, len(items)) {
		return
	}
	outer := p.key
	for i := range items {
		item := &items[i]
		p.key = outer
		var c Correction
		switch item.Kind {
		case front.Scalar:
			c.Note = clean(item.Text)
		case front.Table:
			if date := item.Get("date"); date != nil {
				p.key = outer + ".date"
				p.setDateTo(&c.Date, date)
			}
			if note := item.Get("note", "text"); note != nil {
				p.key = outer + ".note"
				p.setText(&c.Note, note)
			}
			if c.Note == "" {
				p.problem(item.At, 1, "a correction has no note", "write {date: 2023-12-31, note: \"what was wrong\"}")
			}
		case front.List:
			p.wrong(item, "a plain list")
		}
		if c.Note != "" {
			p.a.Corrections = append(p.a.Corrections, c)
		}
	}
}

// addVersions reads a list of captures. What has no digest is something else
// that other generators keep under this name.
func (p *parser) addVersions(n *front.Node) {
	if n.Kind != front.List || !p.fits(n, len(n.Items)) {
		return
	}
	for i := range n.Items {
		item := &n.Items[i]
		if item.Kind != front.Table {
			continue
		}
		sum := item.Get("sha256")
		if sum == nil {
			continue
		}
		v := Version{SHA256: strings.ToLower(clean(sum.Text))}
		if at := item.Get("captured"); at != nil {
			v.Captured, _ = ParseDate(clean(at.Text))
		}
		if v.SHA256 != "" {
			p.a.Versions = append(p.a.Versions, v)
		}
	}
}

func (p *parser) addAliases(n *front.Node) {
	names := p.names(n, whole)
	if !p.fits(n, len(names)+len(p.a.Aliases)) {
		return
	}
	for _, s := range names {
		p.addAlias(s)
	}
}

// addAlias adds an earlier address, without the host it had then.
func (p *parser) addAlias(s string) {
	if s = alias(s); s != "" && !slices.Contains(p.a.Aliases, s) {
		p.a.Aliases = append(p.a.Aliases, s)
	}
}

func alias(s string) string {
	s = clean(s)
	if isURL(s) {
		_, s, _ = strings.Cut(s, "://")
		_, s, _ = strings.Cut(s, "/")
		s = "/" + s
	}
	if strings.Trim(s, "/") == "" {
		return ""
	}
	return s
}

// addAddress reads the address that another generator gave the article. It is
// an earlier address here, and may tell the date. A pattern is no address; one
// with a host is where the article comes from.
func (p *parser) addAddress(n *front.Node) {
	if n.Kind != front.Scalar || strings.ContainsAny(n.Text, "{ ") || strings.Contains(n.Text, "/:") {
		return
	}
	if _, ok := truth(n); ok {
		return
	}
	if isURL(n.Text) {
		p.setSourceURL(n)
		return
	}
	p.addAlias(n.Text)
	parts := strings.FieldsFunc(n.Text, func(c rune) bool { return c == '/' })
	if d := foldersDate(parts); p.urlDate.IsZero() && d.Month != 0 {
		p.urlDate = d
	}
}

func (p *parser) setLang(n *front.Node) {
	text := p.one(n, "a language")
	if text == "" || p.a.Lang != "" {
		return
	}
	tag, ok := langTag(text)
	if !ok {
		if !p.loose {
			p.problem(n.At, utf8.RuneCountInString(n.Text), fmt.Sprintf("%s %q is not a language", p.key, shorten(text, 40)), "write its code: en, ru, zh-Hant, pt-BR")
		}
		return
	}
	p.a.Lang = tag
}

// langTag gives a language tag the spelling that BCP 47 recommends; pt_BR and
// en_US.UTF-8 are tags too.
func langTag(text string) (tag string, ok bool) {
	text, _, _ = strings.Cut(text, ".")
	parts := strings.Split(strings.ReplaceAll(text, "_", "-"), "-")
	for i, part := range parts {
		if part == "" || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return "", false
		}
		parts[i] = strings.ToLower(part)
		switch {
		case i == 0 && (len(part) < 2 || len(part) > 3 || strings.ContainsAny(part, "0123456789")):
			return "", false
		case i > 0 && len(part) == 2 && len(parts[i-1]) > 1:
			parts[i] = strings.ToUpper(part)
		case i > 0 && len(part) == 4 && len(parts[i-1]) > 1 && part[0] > '9':
			parts[i] = strings.ToUpper(part[:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "-"), true
}
