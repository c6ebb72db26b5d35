package plain

// What a byte adds to the count of words.
const (
	neither = iota // signs within or around a word
	space
	letter
	lead // the first byte of a character that has to be looked at
)

// bytesOfWords tells what each byte means.
var bytesOfWords = func() (m [256]uint8) {
	for c := range m {
		switch {
		case c <= ' ':
			m[c] = space
		case '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' && c < 0x80:
			m[c] = letter
		case c >= 0xC3 && c < 0xE0: // letters of Europe and the Near East
			m[c] = letter
		case c == 0xC2 || c >= 0xE0:
			m[c] = lead
		}
	}
	return m
}()

// Words returns the number of words in a text: for scripts without spaces, of
// letters divided by two.
func Words(body []byte) int {
	words, signs, in := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch bytesOfWords[body[i]] {
		case space:
			in = false
		case letter:
			if !in {
				words++
				in = true
			}
		case lead:
			switch characterAt(body[i:]) {
			case space:
				in = false
			case letter:
				if !in {
					words++
					in = true
				}
			case lead:
				signs++
				in = false
			}
		}
	}
	return words + (signs+1)/2
}

// characterAt tells what the character at the beginning of b means; lead
// stands for a letter of a script without spaces.
func characterAt(b []byte) int {
	if len(b) < 3 {
		return neither
	}
	r := rune(b[0]&0x0F)<<12 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F)
	switch {
	case b[0] == 0xC2:
		if b[1] == 0xA0 { // a space that does not break
			return space
		}
		return neither
	case b[0] >= 0xF0:
		if b[0] == 0xF0 && b[1] >= 0xA0 && b[1] < 0xB4 { // rare Chinese letters
			return lead
		}
		if b[0] == 0xF0 && b[1] < 0x9F {
			return letter // of ancient and small scripts
		}
		return neither // emoji
	case 0x2000 <= r && r <= 0x200A, 0x2013 <= r && r <= 0x2015, r == 0x2026, 0x3000 <= r && r <= 0x3004, 0x3008 <= r && r <= 0x3020:
		return space
	case 0x200B <= r && r < 0x2C00, 0x2E00 <= r && r < 0x2E80, 0xFE00 <= r && r < 0xFE70, 0xE000 <= r && r < 0xF900:
		return neither
	case 0xFF01 <= r && r <= 0xFF0F, 0xFF1A <= r && r <= 0xFF20, 0xFF3B <= r && r <= 0xFF40, 0xFF5B <= r && r <= 0xFF65:
		return space
	case unspaced(r):
		return lead
	}
	return letter
}
