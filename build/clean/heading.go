package clean

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article"
	"backfile/build/clean/lines"
)

// A head is what stands above a story.
type head struct {
	title   string
	date    article.Date
	authors []string
}

// heading reads the lines above and at the beginning of the story, and marks
// those that tell its date and its authors.
func heading(units []unit, from, to int) head {
	const above, below = 25, 3 // lines; between title and text stand at most captions, shares, a byline
	var h head
	best := 0
	known := vocabulary(units[from:to])
	for i := max(0, from-above); i < min(to, from+below); i++ {
		u := &units[i]
		if h.line(u, i <= from) {
			continue
		}
		if s := titleScore(units, i, from); s > 0 && s+known.share(u.text) > best {
			best, h.title = s+known.share(u.text), u.text
		}
	}
	return h
}

// line takes the date and the names that a line tells, and reports whether it
// tells any. A date above the text counts more than one within it.
func (h *head) line(u *unit, above bool) bool {
	date, dated := dateline(u.text)
	names := byline(u.text)
	if dated && (above || h.date.IsZero()) {
		h.date = date
	}
	if names != nil {
		h.authors = names
	}
	switch {
	case dated:
		u.rule = "date"
	case names != nil:
		u.rule = "byline"
	}
	return dated || names != nil
}

var fullStop = regexp.MustCompile(`[.。]["'”’»)]*$`)

var noTitle = regexp.MustCompile(`(?i)^(by|von|por|par|автор) \p{Lu}|\b(19|20)\d\d\b.{0,4}\b\d\d?[:.]\d\d\b|\b\d\d?[:.]\d\d\b.{0,8}\b(19|20)\d\d\b|\b(link|article|artikel)\b.{0,12}\b(copy|kopier\w*|teilen|share)\b|\b(copy|share|kopier\w*)\b.{0,16}\b(link|article)\b|\b\d+ ?min(ute)?s?\b.{0,8}$|:$`)

// titleScore says how much a line looks like the title of the story that
// begins at from; 0 is not at all.
func titleScore(units []unit, i, from int) int {
	u := units[i]
	if u.rule != "" && u.rule != elsewhere || u.words < 2 || u.words > 35 || fullStop.MatchString(u.text) || noTitle.MatchString(u.text) {
		return 0
	}
	s := 40 - 2*max(0, from-i)
	if i >= from {
		s -= 10 * (i - from)
	}
	if u.alone {
		s += 15
	}
	switch {
	case u.words < 4:
		s -= 15
	case u.words > 22:
		s -= 10
	}
	if slices.ContainsFunc(units[:i], func(o unit) bool { return same(o.text, u.text) }) {
		s += 10 // once in the tab's title, once above the story
	}
	return max(s, 0)
}

// A wordSet is the words that a story uses.
type wordSet map[string]bool

func vocabulary(units []unit) wordSet {
	set := wordSet{}
	for _, u := range units {
		if !u.ends {
			continue // a title must not bear witness to itself
		}
		for _, w := range stems(u.text) {
			set[w] = true
		}
	}
	return set
}

// share returns how many of the words of a line the story uses, from 0 to 40.
func (s wordSet) share(line string) int {
	all := stems(line)
	n := 0
	for _, w := range all {
		if s[w] {
			n++
		}
	}
	return 40 * n / max(3, len(all))
}

// stems returns the beginnings of the words that carry meaning.
func stems(line string) []string { return lines.Stems(line) }

// months are the names of the months in the languages that captures come in,
// by the beginning that tells them apart. The English name is what ParseDate
// reads.
var months = []struct{ english, names string }{
	{"January", `january|jan|январ[ьяе]|янв|januar|jän(?:ner)?|janvier|janv|enero|ene|gennaio|gen|janeiro|stycze?[nń]i?a?|січня|студзеня|januaro|يناير`},
	{"February", `february|feb|феврал[ьяе]|фев|februar|février|févr|febrero|febbraio|fevereiro|lut(?:y|ego)|лютого|лютага|februaro|فبراير`},
	{"March", `march|mar|марта?|märz|mars|marzo|março|mar(?:zec|ca)|березня|сакавіка|marto|مارس`},
	{"April", `april|apr|апрел[ьяе]|апр|avril|abril|aprile|kwie(?:cień|tnia)|квітня|красавіка|aprilo|أبريل|ابريل`},
	{"May", `may|ма[йяе]|mai|mayo|maggio|maio|maja?|травня|мая|majo|مايو`},
	{"June", `june|jun|июн[ьяе]|juni|juin|junio|giugno|junho|czerw(?:iec|ca)|червня|чэрвеня|junio|يونيو`},
	{"July", `july|jul|июл[ьяе]|juli|juillet|juil|julio|luglio|julho|lip(?:iec|ca)|липня|ліпеня|julio|يوليو`},
	{"August", `august|aug|августа?|авг|août|agosto|ago|sierp(?:ień|nia)|серпня|жніўня|aŭgusto|أغسطس`},
	{"September", `september|sept|sep|сентябр[ьяе]|сент?|septembre|septiembre|settembre|setembro|wrze(?:sień|śnia)|вересня|верасня|septembro|سبتمبر`},
	{"October", `october|oct|октябр[ьяе]|окт|oktober|okt|octobre|octubre|ottobre|outubro|październik[a]?|жовтня|кастрычніка|oktobro|أكتوبر`},
	{"November", `november|nov|ноябр[ьяе]|ноя|novembre|noviembre|novembro|listopada?|листопада|лістапада|نوفمبر`},
	{"December", `december|dec|декабр[ьяе]|дек|dezember|dez|décembre|déc|diciembre|dic|dicembre|dezembro|grud(?:zień|nia)|грудня|снежня|decembro|ديسمبر`},
}

var (
	monthNames = func() []*regexp.Regexp {
		var out []*regexp.Regexp
		for _, m := range months {
			out = append(out, regexp.MustCompile(`(^|[^\pL])(?:`+m.names+`)\.?([^\pL]|$)`))
		}
		return out
	}()
	dayOf  = regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}(?:st|nd|rd|th|\.|º)? (?:of |de |del |la )?[A-Z][a-z]{2,8},? (?:de |del )?\d{4}|[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4}`)
	timeOf = regexp.MustCompile(`\b\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?`)
	zoneOf = regexp.MustCompile(`\b(utc|gmt|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|cet|cest|msk)\b ?([+-]\d{1,2}(:?\d{2})?)?|[+-]\d{2}:?\d{2}\b`)
	// dateWords are what may stand beside a date on a line of its own.
	dateWords = regexp.MustCompile(`(?:^|[^\pL])(?:published|publicado|publié|veröffentlicht|опубликовано|опубликован|обновлено|posted|updated|modified|created|first|last|originally|issued|date|datum|fecha|дата|time|stand|on|at|le|el|am|um|uhr|the|von|в|г|года|и|et|ist|h|jst|kst|eastern|local|gmt|of|de|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|星期.|周.|发布时间|发布|时间|日期|تاريخ|نشر|min(?:utes?)? read)(?:[^\pL]|$)`)
	bars      = regexp.MustCompile(`\s*[|·•]\s*|\s+[–—-]\s+`)
	bylineOf  = regexp.MustCompile(`^(?i:(?:story |written |reported |words )?by|von|par|por|autor|автор|текст|от|作者|文|记者|بقلم)[:：]?\s+(\p{Lu}.{2,80}|\p{Lo}.{1,80})$`)
)

// dateline reads a line that holds a date and little else: "Published: Dec.
// 31, 2023, 6:04 p.m.", "31 декабря 2023", "By J. Doe | 2023-12-31". Only days
// count: a year alone stands in many places.
func dateline(line string) (article.Date, bool) {
	if utf8.RuneCountInString(line) > 160 {
		return article.Date{}, false
	}
	for _, part := range bars.Split(line, 6) {
		if d, ok := dateAlone(part); ok {
			return d, true
		}
	}
	return article.Date{}, false
}

func dateAlone(s string) (article.Date, bool) {
	s = strings.ToLower(s)
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return article.Date{}, false
	}
	for i, rx := range monthNames {
		s = rx.ReplaceAllString(s, "${1}"+months[i].english+"${2}")
	}
	day := dayOf.FindString(s)
	if day == "" {
		return article.Date{}, false
	}
	rest := strings.Replace(s, day, " ", 1)
	clock := timeOf.FindString(rest)
	rest = strings.Replace(rest, clock, " ", 1)
	zone := zoneOf.FindString(rest)
	rest = strings.Replace(rest, zone, " ", 1)
	for prev := ""; prev != rest; {
		prev, rest = rest, dateWords.ReplaceAllString(rest, " ")
	}
	if strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return article.Date{}, false
	}
	return dayAt(day, clock, zone)
}

var dayNoise = regexp.MustCompile(`(\d)(?:st|nd|rd|th|º)\b|\b(?:of|de|del|la) `)

// dayAt puts a date together, without the zone or the time when they are not
// to be read.
func dayAt(day, clock, zone string) (article.Date, bool) {
	day = dayNoise.ReplaceAllString(day, "$1")
	if day[0] >= '0' && day[0] <= '9' && strings.ContainsFunc(day, unicode.IsUpper) {
		day = strings.Replace(day, ". ", " ", 1) // 31. Dezember
	}
	for _, try := range []string{day + " " + clock + " " + strings.ToUpper(zone), day + " " + clock, day} {
		if d, err := article.ParseDate(strings.TrimSpace(try)); err == nil && d.Day != 0 {
			return d, true
		}
	}
	return article.Date{}, false
}

// byline reads the names on a line such as "By Jane Doe and John Roe", or
// returns nil.
func byline(line string) []string {
	if words(line) > 14 {
		return nil
	}
	line = bars.Split(line, 2)[0]
	m := bylineOf.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	var names []string
	for _, name := range regexpAnd.Split(m[1], 8) {
		name = strings.Trim(name, " ,.;")
		first, _ := utf8.DecodeRuneInString(name)
		if n := words(name); n == 0 || n > 5 || unicode.IsLower(first) || strings.ContainsFunc(name, unicode.IsDigit) {
			return nil
		}
		names = append(names, name)
	}
	return names
}

var regexpAnd = regexp.MustCompile(`\s*(?:,| and | und | et | y | и |&|、)\s*`)
