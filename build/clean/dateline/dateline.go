// Package dateline reads dates as papers print them above and below a story,
// with the names of months in the languages that captures come in:
//
//	Published: Dec. 31, 2023, 6:04 p.m.
//	31 декабря 2023
//	By J. Doe | 2023-12-31
//
// Read is pure: it never asks the clock, and a date without a year is none.
package dateline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/article"
)

// months are the names of the months in the languages that captures come in,
// by the beginning that tells them apart. The English name is what ParseDate
// reads.
var months = []struct{ english, names string }{
	{"January", `january|jan|январ[ьяе]|янв|januar|jän(?:ner)?|janvier|janv|enero|ene|gennaio|gen|janeiro|stycze?[nń]i?a?|січня|студзеня|januaro|يناير|januari|ocak|ledna|януари|tammikuuta`},
	{"February", `february|feb|феврал[ьяе]|фев|februar|février|févr|febrero|febbraio|fevereiro|lut(?:y|ego)|лютого|лютага|februaro|فبراير|februari|févr|şubat|února|февруари|helmikuuta`},
	{"March", `march|mar|марта?|märz|mars|marzo|março|mar(?:zec|ca)|березня|сакавіка|marto|مارس|maart|mär|maret|mart|března|март|maaliskuuta`},
	{"April", `april|apr|апрел[ьяе]|апр|avril|abril|aprile|kwie(?:cień|tnia)|квітня|красавіка|aprilo|أبريل|ابريل|nisan|dubna|април|huhtikuuta`},
	{"May", `may|ма[йяе]|mai|mayo|maggio|maio|maja?|травня|мая|majo|مايو|mei|maj|mayıs|května|toukokuuta`},
	{"June", `june|jun|июн[ьяе]|juni|juin|junio|giugno|junho|czerw(?:iec|ca)|червня|чэрвеня|junio|يونيو|haziran|června|юни|kesäkuuta`},
	{"July", `july|jul|июл[ьяе]|juli|juillet|juil|julio|luglio|julho|lip(?:iec|ca)|липня|ліпеня|julio|يوليو|temmuz|července|юли|heinäkuuta`},
	{"August", `august|aug|августа?|авг|août|agosto|ago|sierp(?:ień|nia)|серпня|жніўня|aŭgusto|أغسطس|augustus|augusti|aout|agustus|ağustos|srpna|elokuuta`},
	{"September", `september|sept|sep|сентябр[ьяе]|сент?|septembre|septiembre|settembre|setembro|wrze(?:sień|śnia)|вересня|верасня|septembro|سبتمبر|eylül|září|септември|syyskuuta`},
	{"October", `october|oct|октябр[ьяе]|окт|oktober|okt|octobre|octubre|ottobre|outubro|październik[a]?|жовтня|кастрычніка|oktobro|أكتوبر|ekim|října|октомври|lokakuuta`},
	{"November", `november|nov|ноябр[ьяе]|ноя|novembre|noviembre|novembro|listopada?|листопада|лістапада|نوفمبر|kasım|listopadu|ноември|marraskuuta`},
	{"December", `december|dec|декабр[ьяе]|дек|dezember|dez|décembre|déc|diciembre|dic|dicembre|dezembro|grud(?:zień|nia)|грудня|снежня|decembro|ديسمبر|desember|aralık|prosince|декември|joulukuuta`},
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
	dateWords = regexp.MustCompile(`(?:^|[^\pL])(?:published|written|revision|released|created|edited|publicado|publicada|actualizado|atualizado|pubblicato|aggiornato|mis à jour|mis en ligne|modifié|aktualisiert|geändert|letzte|änderung|editiert|erschienen|erstellt|publiziert|gepubliceerd|bijgewerkt|geplaatst|publicerad|uppdaterad|publisert|oppdatert|udgivet|opdateret|opublikowano|dodano|aktualizacja|publikováno|publikowano|оновлено|опубліковано|дата публикации|размещено|публикувано|yayınlanma|publié|veröffentlicht|опубликовано|опубликован|обновлено|posted|updated|modified|created|first|last|originally|issued|date|datum|fecha|дата|time|stand|on|at|le|el|am|um|uhr|the|von|в|г|года|и|et|ist|h|jst|kst|eastern|local|gmt|of|de|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)|(?:lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|(?:poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela)|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|星期.|周.|发布时间|发布|时间|日期|تاريخ|نشر|min(?:utes?)? read)(?:[^\pL]|$)`)
	bars      = regexp.MustCompile(`\s*[|·•]\s*|\s+[–—-]\s+`)
)

// Read reads a line that holds a date and little else: "Published: Dec.
// 31, 2023, 6:04 p.m.", "31 декабря 2023", "By J. Doe | 2023-12-31". Only days
// count: a year alone stands in many places.
func Read(line string) (article.Date, bool) {
	if utf8.RuneCountInString(line) > 160 {
		return article.Date{}, false
	}
	for _, part := range bars.Split(line, 6) {
		if d, ok := alone(part); ok {
			return d, true
		}
	}
	return article.Date{}, false
}

func alone(s string) (article.Date, bool) {
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
