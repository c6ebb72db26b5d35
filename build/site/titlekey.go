package site

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfile/build/internal/digest"

	"golang.org/x/text/unicode/norm"
)

// maxKey is how much of a folded title, in bytes, is compared. Longer titles
// are mistakes.
const maxKey = 240

// headLen is how much of it is looked at first.
const headLen = 16

// A titled is an article in the order of titles: the first letters of its key,
// which mostly tell two apart, and its place in the order of dates.
type titled struct {
	hi, lo uint64
	seq    int32
}

// A titleOrder has the articles of a site by the heads of their keys, and then
// from the oldest, the undated first. Where that is not enough, sortWhole puts
// them in order: most stand on a page that will not be drawn, and need none.
type titleOrder struct {
	*Site
	list  []titled
	keys  []string     // by seq, "" when not yet asked for
	cards []digest.Sum // by seq: going back to the articles, all over memory, takes longer than the sorting
	buf   []byte
}

func (s *Site) byTitle() *titleOrder {
	n := len(s.undated) + len(s.dated)
	o := &titleOrder{Site: s, list: make([]titled, 0, n), keys: make([]string, n), cards: make([]digest.Sum, 0, n)}
	var key []byte
	for _, nodes := range [...][]*node{s.undated, s.dated} {
		for _, n := range nodes {
			key = appendKey(key[:0], n.Title, headLen)
			t := headOf(key, 0)
			t.seq = int32(len(o.list))
			o.list = append(o.list, t)
			o.cards = append(o.cards, n.Card)
		}
	}
	o.sortHeads()
	return o
}

// sortHeads sorts the list: first into a heap for each two first bytes, which
// halves the time.
func (o *titleOrder) sortHeads() {
	from := make([]int32, 1<<16+1)
	for _, t := range o.list {
		from[t.hi>>48+1]++
	}
	for i := range from[1:] {
		from[i+1] += from[i]
	}
	list := make([]titled, len(o.list))
	next := slices.Clone(from)
	for _, t := range o.list {
		i := t.hi >> 48
		list[next[i]] = t
		next[i]++
	}
	for i := range from[1:] {
		if heap := list[from[i]:from[i+1]]; len(heap) > 1 {
			slices.SortFunc(heap, func(a, b titled) int { return cmp.Or(a.compare(b), int(a.seq-b.seq)) })
		}
	}
	o.list = list
}

// headOf is the head of a key, or of its beginning filled up with a byte.
func headOf(key []byte, fill byte) titled {
	var b [headLen]byte
	for i := copy(b[:], key); i < headLen; i++ {
		b[i] = fill
	}
	return titled{hi: binary.BigEndian.Uint64(b[:]), lo: binary.BigEndian.Uint64(b[8:])}
}

// head is the beginning of t's key.
func (t titled) head() string {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, t.hi), t.lo)
	return string(bytes.TrimRight(b, "\x00"))
}

// compare compares the heads of two titles.
func (t titled) compare(o titled) int {
	switch {
	case t.hi < o.hi, t.hi == o.hi && t.lo < o.lo:
		return -1
	case t.hi > o.hi, t.lo > o.lo:
		return 1
	}
	return 0
}

// key is the folded title of t.
func (o *titleOrder) key(t titled) string {
	if o.keys[t.seq] == "" {
		o.keys[t.seq] = keyOf(o.node(t).Title)
	}
	return o.keys[t.seq]
}

// sortWhole sorts some of the titles by all of their keys.
func (o *titleOrder) sortWhole(list []titled) {
	slices.SortFunc(list, func(a, b titled) int {
		return cmp.Or(strings.Compare(o.key(a), o.key(b)), int(a.seq-b.seq))
	})
}

func (o *titleOrder) node(t titled) *node {
	if n := len(o.undated); int(t.seq) >= n {
		return o.dated[int(t.seq)-n]
	}
	return o.undated[t.seq]
}

// keyOf is what title is sorted by: its letters and figures without case and
// accents, words parted by one space. It is "" for a title that has none.
func keyOf(title string) string {
	key := appendKey(nil, title, maxKey)
	return string(key[:boundary(key, maxKey)])
}

// appendKey appends a key, at least most bytes of it if it has as many.
func appendKey(dst []byte, title string, most int) []byte {
	w := keyWriter{dst: slices.Grow(dst, min(len(title), most)), from: len(dst)}
	for i := 0; i < len(title) && len(w.dst)-w.from < most; {
		if c := title[i]; c < utf8.RuneSelf {
			w.ascii(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(title[i:])
		if next, _ := utf8.DecodeRuneInString(title[i+size:]); !isPlain(r) || next >= firstMark && !isPlain(next) {
			w.normalise(title[i:], most)
			break
		}
		i += size
		w.space()
		w.dst = utf8.AppendRune(w.dst, lowerPlain(r))
	}
	return w.dst
}

// firstMark is where Unicode begins to have marks that change the letter before.
const firstMark = 0x300

// isPlain reports whether r is one of the common letters of Russian, Arabic,
// Persian and Chinese that need no more than lowerPlain unless a mark follows.
// All others are looked up in the tables of Unicode, twenty times as slowly.
func isPlain(r rune) bool {
	return 'А' <= r && r <= 'я' || 'ا' <= r && r <= 'غ' || 'ف' <= r && r <= 'ي' || r == 'ی' || r == 'ک' || r == 'گ' || r == 'پ' || r == 'چ' ||
		0x4E00 <= r && r <= 0x9FFF
}

func lowerPlain(r rune) rune {
	if 'А' <= r && r <= 'Я' {
		return r + 'а' - 'А'
	}
	return r
}

// normalise appends the key of a text of any letters.
func (w *keyWriter) normalise(text string, most int) {
	var it norm.Iter
	it.InitString(norm.NFKC, text)
	for !it.Done() && len(w.dst)-w.from < most {
		for _, r := range string(it.Next()) {
			w.add(r)
		}
	}
}

// What ascii says of letters that do not enter a key.
const (
	parts  = 0 // words
	silent = 1 // "don't" is "dont", "U.S." is "us"
)

// ascii is what an ASCII letter is in a key.
var ascii = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		switch r := byte(unicode.ToLower(rune(c))); {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			t[c] = r
		case r == '\'' || r == '.':
			t[c] = silent
		}
	}
	return t
}()

// boundary is where the last whole letter of text ends that ends before n.
func boundary[T string | []byte](text T, n int) int {
	if len(text) <= n {
		return len(text)
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// common is how many bytes two keys share, in whole letters and words' ends.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	n = min(boundary(a, n), boundary(b, n))
	if n > 0 && n < max(len(a), len(b)) && a[n-1] == ' ' {
		n-- // the space belongs to what follows
	}
	return n
}

// A keyWriter writes a key. A space is due where it has met what is no letter.
type keyWriter struct {
	dst  []byte
	from int
	gap  bool
}

func (w *keyWriter) ascii(c byte) {
	switch c = ascii[c]; c {
	case parts:
		w.gap = true
	case silent:
	default:
		w.space()
		w.dst = append(w.dst, c)
	}
}

func (w *keyWriter) space() {
	if w.gap && len(w.dst) > w.from {
		w.dst = append(w.dst, ' ')
	}
	w.gap = false
}

// accents are marks on letters that a reader looks past: those that any script
// may bear, and the vowels of Hebrew and Arabic. In other scripts a mark is a
// letter in all but name.
var accents = []*unicode.RangeTable{unicode.Inherited, unicode.Hebrew, unicode.Arabic}

// bare are the scripts whose letters with a mark stand with the letter below
// it. Cyrillic is not among them: й is no и.
var bare = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Arabic, unicode.Hiragana, unicode.Katakana}

// spelt are letters that stand with others, and are not told so by Unicode.
var spelt = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ё': "е", 'ς': "σ",
}

func (w *keyWriter) add(r rune) {
	if r < utf8.RuneSelf {
		w.ascii(byte(r))
		return
	}
	r = unicode.ToLower(r)
	switch {
	case r == '‘' || r == '’' || r == 'ʼ' || r == 'ʻ' || r == 'ـ' || unicode.Is(unicode.Cf, r):
	case unicode.Is(unicode.M, r):
		if !unicode.In(r, accents...) && !w.gap && len(w.dst) > w.from {
			w.dst = utf8.AppendRune(w.dst, r)
		}
	case unicode.IsDigit(r):
		w.ascii('0' + figure(r))
	case unicode.IsLetter(r) || unicode.Is(unicode.Nl, r):
		w.space()
		w.letter(r)
	default:
		w.gap = true
	}
}

// figure is the value of a decimal digit of any script.
func figure(r rune) byte {
	n := byte(0)
	for n < 9 && unicode.IsDigit(r-1) {
		r--
		n++
	}
	return n
}

func (w *keyWriter) letter(r rune) {
	const firstSyllable, lastSyllable, vowels, tails = 0xAC00, 0xD7A3, 21, 28
	switch {
	case r >= firstSyllable && r <= lastSyllable: // Korean stands under the first letter of its first syllable
		s := r - firstSyllable
		w.dst = utf8.AppendRune(w.dst, 0x1100+s/(vowels*tails))
		w.dst = utf8.AppendRune(w.dst, 0x1161+s/tails%vowels)
		if t := s % tails; t > 0 {
			w.dst = utf8.AppendRune(w.dst, 0x11A7+t)
		}
		return
	case r >= 'ァ' && r <= 'ヶ':
		r -= 'ァ' - 'ぁ'
	}
	if s, ok := spelt[r]; ok {
		w.dst = append(w.dst, s...)
		return
	}
	if unicode.In(r, bare...) {
		if d := norm.NFD.PropertiesString(string(r)).Decomposition(); d != nil {
			r, _ = utf8.DecodeRune(d)
		}
	}
	if s, ok := spelt[r]; ok { // ǿ
		w.dst = append(w.dst, s...)
		return
	}
	w.dst = utf8.AppendRune(w.dst, r)
}

// keyLabel shows the beginning of a key to readers.
func keyLabel(prefix string) string {
	r, n := utf8.DecodeRuneInString(prefix)
	return norm.NFC.String(string(unicode.ToUpper(r)) + prefix[n:])
}

// devices are names that Windows keeps for itself, and the index.
var devices = regexp.MustCompile(`^(?:index|con|prn|aux|nul|(?:com|lpt)[0-9])$`)

// keyName is the name of the page of the titles that begin with prefix, without
// .html: small ASCII letters, figures and dashes when prefix has no others, else
// the numbers of its letters. No two prefixes share a name, and what follows
// an underscore is never a prefix.
func keyName(prefix string) string {
	const most = 80
	b := make([]byte, 0, most)
	for _, r := range prefix {
		switch {
		case r == ' ':
			b = append(b, '-')
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		default:
			return cutName(numbers(prefix), most, prefix)
		}
	}
	if devices.Match(b) {
		b = append(b, '_')
	}
	return cutName(string(b), most, prefix)
}

// numbers writes text as u_44f_431.
func numbers(text string) string {
	b := []byte{'u'}
	for _, r := range text {
		b = strconv.AppendInt(append(b, '_'), int64(r), 16)
	}
	return string(b)
}

// cutName shortens a name, and keeps it apart from others that begin as it does.
func cutName(name string, most int, prefix string) string {
	if len(name) <= most {
		return name
	}
	sum := digest.Of([]byte(prefix))
	return name[:most-18] + "_x" + hex.EncodeToString(sum[:8])
}
