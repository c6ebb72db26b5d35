package wire

import (
	"bytes"
	"math"
	"reflect"
	"testing"
)

func TestReaderReadsWhatWriterWrote(t *testing.T) {
	var w Writer
	numbers := []int64{0, 1, -1, 63, 64, -64, -65, math.MaxInt64, math.MinInt64}
	for _, n := range numbers {
		w.Int(n)
	}
	w.Bool(true)
	w.String("Бухта")
	w.Strings([]string{"a", ""})
	w.Strings(nil)
	w.Raw([]byte{7})
	r := Reader{S: string(w.B)}
	for _, n := range numbers {
		if got := r.Int(); got != n {
			t.Errorf("read %d, want %d", got, n)
		}
	}
	if !r.Bool() || r.String() != "Бухта" || !reflect.DeepEqual(r.Strings(), []string{"a", ""}) || r.Strings() != nil || r.Raw(1) != "\x07" {
		t.Error("a value did not come back")
	}
	if r.Err != nil || r.S != "" {
		t.Errorf("at the end: %v, %d bytes left", r.Err, len(r.S))
	}
}

// TestWriterHandsOnInPieces: the bytes are the same, whole or in pieces.
func TestWriterHandsOnInPieces(t *testing.T) {
	var to bytes.Buffer
	whole, pieces := Writer{}, Writer{To: &to}
	for i := range 30000 {
		for _, w := range []*Writer{&whole, &pieces} {
			w.Int(int64(i))
			w.String("a word or two")
		}
		if len(pieces.B) > 2*piece {
			t.Fatalf("%d bytes are kept", len(pieces.B))
		}
	}
	if err := pieces.Close(); err != nil || !bytes.Equal(to.Bytes(), whole.B) {
		t.Errorf("in pieces %d bytes came out, whole %d; %v", to.Len(), len(whole.B), err)
	}
}

// FuzzReader: no bytes make a Reader crash or take much memory.
func FuzzReader(f *testing.F) {
	f.Add("\x02ab\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")
	f.Fuzz(func(t *testing.T, s string) {
		r := Reader{S: s}
		for r.Err == nil && r.S != "" {
			_, _ = r.Int(), r.String()
			if n := len(r.Strings()); n > len(s) {
				t.Fatalf("%d strings out of %d bytes", n, len(s))
			}
			r.Bool()
		}
		if r.Err != nil && (r.S != "" || r.String() != "") {
			t.Error("a reader goes on after a failure")
		}
	})
}
