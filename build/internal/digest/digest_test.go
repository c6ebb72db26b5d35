package digest

import "testing"

func TestPartsAreKeptApart(t *testing.T) {
	seen := map[Sum]string{}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {}} {
		h := New()
		for _, p := range parts {
			h.String(p)
		}
		if other, ok := seen[h.Sum()]; ok {
			t.Errorf("%q and %s have one digest", parts, other)
		}
		seen[h.Sum()] = spell(parts)
	}
}

func spell(p []string) string {
	s := ""
	for _, x := range p {
		s += "[" + x + "]"
	}
	return s
}

func TestBytesAndStringAgree(t *testing.T) {
	a, b := New(), New()
	a.Bytes([]byte("Zürich"))
	b.String("Zürich")
	if a.Sum() != b.Sum() {
		t.Error("a part has another digest as bytes than as a string")
	}
	if Of([]byte("Zürich")) != a.Sum() {
		t.Error("Of differs from a Hasher")
	}
}

// TestPlainIsSHA256 checks against the example of FIPS 180-4, appendix B.1.
func TestPlainIsSHA256(t *testing.T) {
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := Plain([]byte("abc")).String(); got != want {
		t.Errorf("Plain(abc) = %s, want %s", got, want)
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	s := Plain([]byte("x"))
	if got, ok := Parse(s.String()); !ok || got != s {
		t.Errorf("Parse(%s) = %s, %t", s, got, ok)
	}
	for _, bad := range []string{"", "ab", s.String() + "00", "zz" + s.String()[2:]} {
		if _, ok := Parse(bad); ok {
			t.Errorf("Parse(%q) is called a digest", bad)
		}
	}
}
