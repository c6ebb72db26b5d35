package render

import (
	"fmt"
	"strconv"
	"strings"

	"backfile/build/article"
	"backfile/build/internal/diag"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/feature/plural"
	textlang "golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// A language is the texts of the interface in one language, those that it
// lacks being taken from English. It does not change after loading.
type language struct {
	tag     textlang.Tag
	texts   map[string]string
	lists   map[string][]string
	plurals map[string]map[string]string // by key and CLDR category
	zero    rune                         // the digit 0; the others follow it
	group   string                       // between thousands
}

// loadLanguage reads i18n/en.yaml and over it the file of the site's language:
// for zh-Hant-TW that is the first there is of zh-Hant-TW, zh-Hant and zh. A
// site's own file changes the texts that it names.
func loadLanguage(files map[string][]byte, name string) (*language, diag.List) {
	tag, err := textlang.Parse(name)
	if err != nil {
		tag = textlang.English // config refuses what is no tag
	}
	l := &language{tag: tag, texts: map[string]string{}, lists: map[string][]string{}, plurals: map[string]map[string]string{}}
	var problems diag.List
	read := func(file string) (found bool) {
		for _, from := range []string{file, ownTexts + file} {
			if b, ok := files[from]; ok {
				problems = append(problems, l.read(file, b)...)
				found = true
			}
		}
		return found
	}
	read("i18n/en.yaml")
	for try := name; try != "" && try != "en"; try = try[:max(0, strings.LastIndex(try, "-"))] {
		if read("i18n/" + try + ".yaml") {
			break
		}
	}
	for key, n := range map[string]int{"months": 12, "months_in_date": 12, "weekdays": 7, "weekdays_short": 7} {
		if len(l.lists[key]) != n {
			problems = append(problems, &diag.Problem{File: "layouts/i18n/" + name + ".yaml", Msg: fmt.Sprintf("%s has %d names, and needs %d", key, len(l.lists[key]), n)})
		}
	}
	// The way of writing numbers is learnt from examples: x/text has the
	// rules but does not tell them.
	p := message.NewPrinter(tag)
	l.zero = []rune(p.Sprint(number.Decimal(0)))[0]
	l.group = strings.TrimFunc(p.Sprint(number.Decimal(1_000_000)), func(r rune) bool { return r != l.zero && r != l.zero+1 })
	if parts := strings.FieldsFunc(l.group, func(r rune) bool { return r == l.zero || r == l.zero+1 }); len(parts) > 0 {
		l.group = parts[0]
	}
	return l, problems
}

// read takes over the texts of one file.
func (l *language) read(file string, src []byte) diag.List {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return diag.List{{File: "layouts/" + file, Msg: "is not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return diag.List{{File: "layouts/" + file, Line: 1, Msg: "is not a table of texts"}}
	}
	var problems diag.List
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := pairs[i].Value, pairs[i+1]
		switch value.Kind {
		case yaml.ScalarNode:
			l.texts[key] = value.Value
		case yaml.SequenceNode:
			l.lists[key] = nil
			for _, n := range value.Content {
				l.lists[key] = append(l.lists[key], n.Value)
			}
		case yaml.MappingNode:
			forms := map[string]string{}
			for k := 0; k+1 < len(value.Content); k += 2 {
				forms[value.Content[k].Value] = value.Content[k+1].Value
			}
			l.plurals[key] = forms
		default:
			problems = append(problems, &diag.Problem{File: "layouts/" + file, Line: value.Line, Col: value.Column, Msg: fmt.Sprintf("%q is neither a text, a list nor plural forms", key)})
		}
	}
	return problems
}

// text returns a text with its arguments filled in.
func (l *language) text(key string, args ...any) (string, error) {
	s, ok := l.texts[key]
	if !ok {
		return "", fmt.Errorf("there is no text %q in layouts/i18n/en.yaml", key)
	}
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s, nil
}

var categories = [...]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// count returns the text for a number of things, in the form that the language
// has for it (Unicode CLDR plural rules).
func (l *language) count(key string, n int) (string, error) {
	forms, ok := l.plurals[key]
	if !ok {
		return "", fmt.Errorf("there are no plural forms %q in layouts/i18n/en.yaml", key)
	}
	form := forms[categories[plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)]]
	if form == "" {
		form = forms["other"]
	}
	return strings.Replace(form, "%s", l.number(n), 1), nil
}

// number writes n with the digits and the grouping of the language.
func (l *language) number(n int) string {
	s := l.digits(n)
	digits := []rune(s)
	if len(digits) < 5 { // 1987 reads better than 1,987, and is right in every style
		return s
	}
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(l.group)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// digits writes n without grouping, as years are.
func (l *language) digits(n int) string {
	s := strconv.Itoa(n)
	if l.zero == '0' {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return r - '0' + l.zero
	}, s)
}

// date writes d in one of the forms: "long" and "short" with the precision
// that d has, "month", "daymonth", "datetime" with the time if there is one,
// and "iso".
func (l *language) date(d article.Date, form string) string {
	if d.IsZero() {
		return ""
	}
	v := dateWords{year: l.digits(int(d.Year))}
	if d.Month > 0 {
		v.month = l.lists["months_in_date"][d.Month-1]
		v.day = l.digits(int(d.Day))
	}
	pattern := "date_long"
	switch {
	case form == "iso":
		return d.String()
	case form == "datetime" && d.HasTime:
		v.date, v.time = l.date(d, "long"), l.twoDigits(int(d.Hour))+":"+l.twoDigits(int(d.Minute))
		pattern = "datetime"
	case form == "daymonth":
		pattern = "date_daymonth"
	case d.Month == 0:
		return v.year
	case form == "month" || d.Day == 0:
		v.month = l.lists["months"][d.Month-1]
		pattern = "date_month"
	case form == "short":
		pattern = "date_short"
	}
	return v.fill(l.texts[pattern])
}

// dateWords are what the patterns of dates are filled with.
type dateWords struct{ day, month, year, date, time string }

// fill puts the words into a pattern such as "{d} {month} {y}".
func (v dateWords) fill(pattern string) string {
	b := make([]byte, 0, 64)
	for pattern != "" {
		before, rest, found := strings.Cut(pattern, "{")
		b = append(b, before...)
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		switch name {
		case "d":
			b = append(b, v.day...)
		case "month":
			b = append(b, v.month...)
		case "y":
			b = append(b, v.year...)
		case "date":
			b = append(b, v.date...)
		case "time":
			b = append(b, v.time...)
		}
		pattern = after
	}
	return string(b)
}

func (l *language) twoDigits(n int) string {
	if n < 10 {
		return l.digits(0) + l.digits(n)
	}
	return l.digits(n)
}

// direction is the way a language is written: "ltr" or "rtl".
func direction(name string) string {
	tag, err := textlang.Parse(name)
	if err != nil {
		return "ltr"
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}
