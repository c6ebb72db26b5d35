package shard

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

func TestScriptIsReadBack(t *testing.T) {
	for _, payload := range [][]byte{{}, []byte("a"), bytes.Repeat([]byte("flood "), 9000)} {
		for _, kind := range []byte("tlpcxfy") {
			file, err := Script(kind, payload)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Payload(kind, file)
			if err != nil || !bytes.Equal(got, payload) {
				t.Errorf("Payload(%q, Script of %d bytes) = %d bytes, %v", kind, len(payload), len(got), err)
			}
		}
	}
}

func TestDamagedScriptIsRefused(t *testing.T) {
	file, err := Script('t', []byte("abcabcabcabc"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1
		if got, err := Payload('t', bad); err == nil && string(got) != "abcabcabcabc" {
			t.Errorf("with byte %d changed Payload gives %q", i, got)
		}
		if _, err := Payload('t', file[:i]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes Payload gives %v, want %v", i, err, ErrDamaged)
		}
	}
}

func TestTermsAreReadBack(t *testing.T) {
	list := AppendList(nil, List{Docs: []uint32{0, 5, 9}, Levels: []uint8{1, 15, 7}, Titles: []uint32{1}}, 0)
	terms := []Term{
		{Form: "\x01tflood", DF: 3, List: list},
		{Form: "\x01tfloods", Kind: See, See: "\x01tflood"},
		{Form: "river", Stems: []Stem{{4, "river"}, {7, "riv"}}, Afar: []string{"ran", "run"}, DF: 3, List: list},
		{Form: "rivers", Stems: []Stem{{4, "river"}}, DF: 700, Kind: Packed, K: 3, I: 200},
		{Form: "the", Stems: []Stem{{4, "the"}}, DF: 5000, Kind: Blocks, K: 4, I: 10, Block: []Block{{N: 900, Highest: 15}, {}, {N: 4100, Highest: 3}}},
		{Form: "тетя", Stems: []Stem{{14, "тет"}}, DF: 3, List: list},
	}
	b := AppendTerms(nil, terms)
	got, err := ReadTerms(b, 3000)
	if err != nil || !reflect.DeepEqual(got, terms) {
		t.Errorf("ReadTerms: %v\n got %+v\nwant %+v", err, got, terms)
	}
	for i := range b {
		if _, err := ReadTerms(b[:i], 3000); err == nil {
			t.Errorf("ReadTerms of the first %d of %d bytes finds nothing wrong", i, len(b))
		}
	}
}

func TestSliceKeepsTitles(t *testing.T) {
	l := List{Docs: []uint32{2, 4, 8, 16}, Levels: []uint8{1, 2, 3, 4}, Titles: []uint32{0, 2, 3}}
	want := List{Docs: []uint32{4, 8}, Levels: []uint8{2, 3}, Titles: []uint32{1}}
	if got := l.Slice(1, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("Slice(1, 3) = %+v, want %+v", got, want)
	}
}

func TestKeysShareTheirBeginnings(t *testing.T) {
	tests := []struct {
		forms []string
		want  string
	}{
		{[]string{"", "abandon", "able", "ab"}, "0|0abandon|2le|2"},
		{[]string{"", "мир", "мис", "東京", "東海"}, "0|0мир|2с|0東京|1海"},
		{[]string{"", "\U00020000a", "\U00020000b"}, "0|0\U00020000a|2b"},
	}
	for _, tt := range tests {
		if got := Keys(tt.forms); got != tt.want {
			t.Errorf("Keys(%q) = %q, want %q", tt.forms, got, tt.want)
		}
	}
}

// FuzzLists reads what may be a list and writes it again.
func FuzzLists(f *testing.F) {
	f.Add(AppendList(nil, List{Docs: []uint32{3, 4, 90}, Levels: []uint8{1, 2, 15}, Titles: []uint32{0, 2}}, 2), 3, uint32(2))
	f.Add([]byte{0, 0x10, 0}, 1, uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, n int, base uint32) {
		if n < 0 || base > 1<<30 {
			return
		}
		l, err := ReadList(b, n, base)
		if err != nil {
			return
		}
		again, err := ReadList(AppendList(nil, l, base), n, base)
		if err != nil || !reflect.DeepEqual(l, again) {
			t.Errorf("ReadList(AppendList(%+v)) = %+v, %v", l, again, err)
		}
	})
}

// FuzzTerms reads what may be a term shard and writes it again.
func FuzzTerms(f *testing.F) {
	f.Add(AppendTerms(nil, []Term{{Form: "a", DF: 1, List: []byte{0, 0x10, 0}}, {Form: "ab", Kind: See, See: "a"}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		terms, err := ReadTerms(b, 4000)
		if err != nil {
			return
		}
		again, err := ReadTerms(AppendTerms(nil, terms), 4000)
		if err != nil || !reflect.DeepEqual(terms, again) {
			t.Errorf("ReadTerms(AppendTerms(%+v)) = %+v, %v", terms, again, err)
		}
	})
}

// FuzzPositions reads what may be positions and writes them again.
func FuzzPositions(f *testing.F) {
	l := List{Docs: []uint32{1, 2}, Levels: []uint8{1, 1}, Titles: []uint32{1}}
	f.Add(AppendPositions(nil, l, Positions{Title: [][]uint32{nil, {0, 4}}, Text: [][]uint32{{7}, {9, 12}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ReadPositions(b, l)
		if err != nil {
			return
		}
		again, err := ReadPositions(AppendPositions(nil, l, p), l)
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("ReadPositions(AppendPositions(%+v)) = %+v, %v", p, again, err)
		}
	})
}

// FuzzWords reads what may be a spelling list and writes it again.
func FuzzWords(f *testing.F) {
	f.Add(AppendWords(nil, []Word{{"flood", 3}, {"floods", 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := ReadWords(b)
		if err != nil {
			return
		}
		again, err := ReadWords(AppendWords(nil, w))
		if err != nil || !reflect.DeepEqual(w, again) {
			t.Errorf("ReadWords(AppendWords(%+v)) = %+v, %v", w, again, err)
		}
	})
}
