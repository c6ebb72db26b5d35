package judge

import (
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/clean/lines"
	"backfile/build/clean/memory"
)

// A Unit is a line as it comes before the judge.
type Unit struct {
	lines.Line
	Site  memory.View
	Rule  string // the rule that drops it, or ""
	Ask   int    // how much it sounds like an appeal for money: 0, 1, 2
	Last  bool   // the story is over when it stands behind one
	Dated bool   // holds a date and little else
	Named bool   // holds the names of the authors and little else
}

// families are the rules whose lines tell something of their neighbours.
var families = []string{"button", "share", "read more", "subscribe", "cookies", "advertising", "rights", "comments", "caption", "seen on other pages"}

// A prospect is what the features of all lines of a text are made from.
type prospect struct {
	units []Unit
	core  struct{ from, to int } // the stretch most like a story
	title int                    // the line most like its title, or -1
	count map[string]int
	stems [][]string
	vocab map[string]int // of the core: in how many of its lines a stem stands
	own   [][]float32
	sum   []int     // words before each line
	prose []int     // long sentences before each line
	talk  []bool    // whether each line is of a discussion
	akin  []float32 // of each line, kin
	named []float32 // of each line, how much of the title it says
	run   []int     // words of the stretch of sentences that a line stands in
}

// talk are the lines that stand about what readers write below a story.
var talk = regexp.MustCompile(`(?i)^(reply|replies|like|likes|dislike|report( abuse| comment)?|flag|quote|permalink|upvote|downvote|antworten|melden|répondre|signaler|responder|denunciar|rispondi|ответить|пожаловаться|回复|举报|返信|通報|odpowiedz|beantwoorden|svar)( \(?\d+\)?)?\W*$|\b(says?|said|wrote|writes|schreibt|schrieb|sagt|a écrit|dit|dice|dijo|escribió|пишет|написал\w*|says? on)( (on|at|am|le|el) .{3,40})?:$|^(\d+ |an? |one )(minute|hour|day|week|month|year|min|hr)s? ago$|^\d+ ?(m|h|d|w|mo|y)( ago)?$|^(vor|il y a|hace) .{3,20}$|\b(joined|member since|posts?: ?[\d,]+|reactions?: ?\d|score: ?\d+)|^#\d+$|click to expand`)

func isProse(u *Unit) bool { return u.Rule == "" && u.Ends && u.Words >= 8 }

func survey(units []Unit) *prospect {
	p := &prospect{units: units, count: map[string]int{}, vocab: map[string]int{}, title: -1}
	p.core.from, p.core.to = Core(units)
	p.sum, p.prose = make([]int, len(units)+1), make([]int, len(units)+1)
	for i := range units {
		u := &units[i]
		p.count[u.Text]++
		p.stems = append(p.stems, lines.Stems(u.Text))
		p.talk = append(p.talk, u.Words <= 20 && talk.MatchString(u.Text))
		p.sum[i+1], p.prose[i+1] = p.sum[i]+u.Words, p.prose[i]
		if isProse(u) {
			p.prose[i+1]++
			if i >= p.core.from && i < p.core.to {
				for s := range set(p.stems[i]) {
					p.vocab[s]++
				}
			}
		}
		p.own = append(p.own, ownFeatures(u))
	}
	p.findTitle()
	for i := range units {
		p.akin = append(p.akin, float32(p.kin(i)))
		like := float32(0)
		if p.title >= 0 && i != p.title {
			like = overlap(p.stems[i], p.stems[p.title])
		}
		p.named = append(p.named, like)
	}
	p.stretches()
	return p
}

// stretches adds up the sentences that follow each other with at most one
// other line between them.
func (p *prospect) stretches() {
	p.run = make([]int, len(p.units))
	for i := 0; i < len(p.units); {
		if !isProse(&p.units[i]) {
			i++
			continue
		}
		end, words := i, 0
		for j := i; j < len(p.units) && j <= end+2; j++ {
			if isProse(&p.units[j]) {
				end, words = j, words+min(p.units[j].Words, 80)
			}
		}
		for ; i <= end; i++ {
			p.run[i] = words
		}
	}
}

func set(list []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out
}

// findTitle takes the line above the core, or at its beginning, that uses most
// of its words.
func (p *prospect) findTitle() {
	best := 0.0
	for i := max(0, p.core.from-25); i < min(p.core.from+3, len(p.units)); i++ {
		u := &p.units[i]
		if u.Rule != "" || u.Words < 3 || u.Words > 30 || u.Dated || u.Named || strings.HasSuffix(u.Text, ".") {
			continue
		}
		if s := p.kin(i) + float64(min(len(p.stems[i]), 8))/20 - float64(max(0, p.core.from-i))/50; s > best {
			best, p.title = s, i
		}
	}
}

// kin is the share of a line's words that other lines of the core use.
func (p *prospect) kin(i int) float64 {
	all := p.stems[i]
	own := 0
	if i >= p.core.from && i < p.core.to && isProse(&p.units[i]) {
		own = 1
	}
	n := 0
	for _, s := range all {
		if p.vocab[s] > own {
			n++
		}
	}
	return float64(n) / float64(max(3, len(all)))
}

// Core returns the stretch that is most like a story: the one whose weights
// have the largest sum.
func Core(units []Unit) (from, to int) {
	best, sum, start := 0, 0, 0
	for i := range units {
		sum += weight(&units[i])
		if sum <= 0 {
			sum, start = 0, i+1
			continue
		}
		if sum > best {
			best, from, to = sum, start, i+1
		}
	}
	return from, to
}

// weight says how much a line speaks for being part of a story.
func weight(u *Unit) int {
	switch {
	case u.Last:
		return -90
	case u.Rule != "":
		return -8
	case u.Ends && u.Words >= 8:
		return min(u.Words, 60)
	case u.Words >= 18:
		return min(u.Words, 60) / 2
	case u.Ends && u.Words >= 3:
		return 2
	}
	return -8
}

func truth(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func ratio(a, b int) float32 { return float32(a) / float32(max(b, 1)) }

func logOf(n int) float32 { return float32(math.Log2(float64(n) + 1)) }

// shape counts the kinds of letters of a line.
type shape struct {
	letters, upper, digits, marks, commas, quotes, ends, capital, tokens int
}

func shapeOf(text string) shape {
	var s shape
	fresh := true
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			s.letters++
			if unicode.IsUpper(r) {
				s.upper++
				if fresh {
					s.capital++
				}
			}
			if fresh {
				s.tokens++
			}
			fresh = false
			continue
		case unicode.IsDigit(r):
			s.digits++
			fresh = false
			continue
		case r == ',' || r == '、' || r == '，' || r == '،' || r == ';':
			s.commas++
		case strings.ContainsRune(`"“”„«»「」『』`, r):
			s.quotes++
		case strings.ContainsRune(`.!?。！？؟।`, r):
			s.ends++
		case !unicode.IsSpace(r) && r != '\'' && r != '’' && r != '-':
			s.marks++
		}
		if r != '\'' && r != '’' && r != '-' {
			fresh = true
		}
	}
	return s
}

// ownFeatures are what a line tells by itself.
func ownFeatures(u *Unit) []float32 {
	s := shapeOf(u.Text)
	first, _ := utf8.DecodeRuneInString(u.Text)
	lower := strings.ToLower(u.Text)
	family := float32(0)
	for i, f := range families {
		if u.Rule == f {
			family = float32(i + 1)
		}
	}
	if u.Rule != "" && family == 0 {
		family = float32(len(families) + 1)
	}
	return []float32{
		logOf(u.Words), truth(u.Ends), ratio(s.ends, u.Words) * 10, ratio(s.commas, u.Words) * 10, ratio(s.digits, s.letters+s.digits),
		ratio(s.upper, s.letters), ratio(s.capital, s.tokens), ratio(s.letters, u.Words), ratio(s.marks, u.Words), truth(s.quotes > 0),
		truth(unicode.IsLower(first)), truth(!unicode.IsLetter(first) && !unicode.IsDigit(first)), truth(unicode.IsDigit(first)),
		truth(strings.HasSuffix(u.Text, ":")), truth(strings.HasSuffix(u.Text, "…") || strings.HasSuffix(u.Text, "...")), truth(strings.HasSuffix(u.Text, "?")),
		truth(strings.Contains(lower, "http") || strings.Contains(lower, "www.") || strings.Contains(lower, "pic.twitter")), truth(strings.ContainsAny(u.Text, "@#")),
		truth(strings.ContainsAny(u.Text, "|©")), truth(strings.ContainsAny(u.Text, "()")), truth(u.Alone), float32(u.Ask), truth(u.Last), truth(u.Dated), truth(u.Named), family,
		truth(s.ends > 1), truth(strings.ContainsRune(u.Text, '/')),
	}
}

// features returns what is known of every line, in numbers. The forest knows
// them by their place: after any change here it is trained anew.
func (p *prospect) features() [][]float32 {
	out := make([][]float32, len(p.units))
	lastEnd, lastRule := -100, -100
	inBlock := map[int]int{}
	for _, u := range p.units {
		inBlock[u.Block]++
	}
	for i := range p.units {
		u := &p.units[i]
		r := append([]float32(nil), p.own[i]...)
		r = append(r, p.place(i)...)
		r = append(r, logOf(i-lastEnd), logOf(i-lastRule), logOf(inBlock[u.Block]), float32(min(p.count[u.Text], 5)))
		for _, k := range []int{-3, -2, -1, 1, 2, 3} {
			r = append(r, p.neighbour(i+k)...)
		}
		for _, k := range []int{3, 8, 20} {
			r = append(r, p.around(i, k)...)
		}
		r = append(r, p.beside(i)...)
		v := &u.Site
		r = append(r, logOf(max(-1, int(v.Behind))+1), logOf(max(-1, int(v.Before))+1), float32(v.BehindShare), float32(v.BeforeShare), logOf(int(v.Own)+1), float32(v.Share))
		if u.Last {
			lastEnd = i
		}
		if u.Rule != "" {
			lastRule = i
		}
		out[i] = r
	}
	return out
}

// place says where a line stands in the text, and how it is related to its core.
func (p *prospect) place(i int) []float32 {
	n, from, to := len(p.units), p.core.from, p.core.to
	before, behind := max(0, from-i), max(0, i-to+1)
	sinceTitle, likeTitle := float32(-1), float32(0)
	if p.title >= 0 {
		sinceTitle = float32(max(-20, min(60, i-p.title)))
		likeTitle = overlap(p.stems[i], p.stems[p.title])
	}
	all := p.sum[n]
	return []float32{
		ratio(i, n), ratio(p.sum[i], all), logOf(before), logOf(behind), truth(i >= from && i < to), logOf(max(0, i-from)), logOf(max(0, to-1-i)),
		float32(p.kin(i)), sinceTitle, likeTitle, ratio(p.sum[to]-p.sum[from], all), logOf(p.sum[to] - p.sum[from]), logOf(p.prose[i]), logOf(p.prose[n] - p.prose[i]),
		logOf(p.sum[max(i, from)] - p.sum[from]), truth(i == p.title), truth(p.title >= 0 && i != p.title && lines.Fold(p.units[i].Text) == lines.Fold(p.units[p.title].Text)),
	}
}

// beside tells of the sentences that stand next to a line, and of the stretch
// that it stands in.
func (p *prospect) beside(i int) []float32 {
	above, below, told := -1, -1, -1
	for j := i - 1; j >= max(0, i-40); j-- {
		if above < 0 && isProse(&p.units[j]) {
			above = j
		}
		if told < 0 && (p.units[j].Dated || p.units[j].Named) {
			told = j
		}
	}
	for j := i + 1; j < min(len(p.units), i+40) && below < 0; j++ {
		if isProse(&p.units[j]) {
			below = j
		}
	}
	out := []float32{logOf(p.run[i])}
	for _, j := range []int{above, below} {
		if j < 0 {
			out = append(out, 9, -1, -1, -1)
			continue
		}
		out = append(out, logOf(max(i-j, j-i)-1), logOf(p.units[j].Words), p.akin[j], logOf(p.run[j]))
	}
	if told < 0 {
		told = i - 100
	}
	out = append(out, float32(min(i-told, 60)))
	for _, k := range []int{3, 8} {
		lone, all, kin, named := 0, 0, float32(0), float32(0)
		for j := max(0, i-k); j < min(len(p.units), i+k+1); j++ {
			if !isProse(&p.units[j]) {
				continue
			}
			all++
			kin += p.akin[j]
			named += p.named[j]
			if (j == 0 || !isProse(&p.units[j-1])) && (j+1 == len(p.units) || !isProse(&p.units[j+1])) {
				lone++
			}
		}
		n := float32(max(all, 1))
		out = append(out, float32(lone)/n, kin/n, named/n)
	}
	for _, k := range []int{5, 12} {
		often, talk := 0, 0
		from, to := max(0, i-k), min(len(p.units), i+k+1)
		for j := from; j < to; j++ {
			if p.count[p.units[j].Text] >= 3 {
				often++
			}
			if p.talk[j] {
				talk++
			}
		}
		out = append(out, ratio(often, to-from), ratio(talk, to-from))
	}
	over := 0
	for j := p.core.from; j < i; j++ {
		if p.units[j].Last {
			over++
		}
	}
	return append(out, float32(over))
}

// overlap is the share of words that two lines have in common.
func overlap(a, b []string) float32 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	has, n := set(b), 0
	for s := range set(a) {
		if has[s] {
			n++
		}
	}
	return ratio(n, len(has))
}

// neighbour tells of a line beside another one.
func (p *prospect) neighbour(i int) []float32 {
	if i < 0 || i >= len(p.units) {
		return []float32{-1, -1, -1, -1, -1, -1}
	}
	u := &p.units[i]
	return []float32{logOf(u.Words), truth(u.Ends), truth(u.Rule != ""), float32(p.kin(i)), truth(u.Dated || u.Named), p.own[i][25]}
}

// around tells of the lines up to k before and k behind a line.
func (p *prospect) around(i, k int) []float32 {
	var out []float32
	for _, span := range [][2]int{{max(0, i-k), i}, {i + 1, min(len(p.units), i+1+k)}} {
		prose, ruled, titles, dates, ends := 0, 0, 0, 0, 0
		for j := span[0]; j < span[1]; j++ {
			u := &p.units[j]
			switch {
			case isProse(u):
				prose += min(u.Words, 60)
			case u.Rule != "":
				ruled++
			case !u.Ends && u.Words >= 5 && u.Words <= 22:
				titles++
			}
			if u.Dated || u.Named {
				dates++
			}
			if u.Last {
				ends++
			}
		}
		n := span[1] - span[0]
		out = append(out, ratio(prose, n), ratio(ruled, n), ratio(titles, n), ratio(dates, n), float32(ends))
	}
	return out
}
