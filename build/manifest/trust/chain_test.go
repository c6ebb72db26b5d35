package trust

import (
	"slices"
	"strings"
	"testing"
	"time"

	"backfile/build/internal/digest"
	"backfile/build/manifest"
)

// base are statement 1, of two keys of which both must sign, and the keys.
func base(t testing.TB) (a, b, c signer, s Statement, file []byte) {
	t.Helper()
	a, b, c = testKey(t, "x.example", 1), testKey(t, "x.example", 2), testKey(t, "x.example", 3)
	s = Statement{Origin: "x.example", Number: 1, Time: day, Threshold: 2, Keys: sorted(a.line, b.line)}
	return a, b, c, s, sign(t, s.String(), a, b)
}

func sorted(lines ...string) []string { slices.Sort(lines); return lines }

// next returns a statement that follows from s.
func next(s Statement, change func(*Statement)) Statement {
	n := s
	n.Number, n.Prev, n.Time = s.Number+1, s.Sum(), s.Time.Add(time.Hour)
	n.Keys, n.Revoked = slices.Clone(s.Keys), slices.Clone(s.Revoked)
	change(&n)
	return n
}

func TestAChainIsFollowedOnlyWhereItHolds(t *testing.T) {
	a, b, c, s1, file1 := base(t)
	toC := next(s1, func(n *Statement) { n.Keys = sorted(b.line, c.line) })
	tests := []struct {
		name string
		file []byte
		want string // "" when it is followed
	}{
		{"old and new keys", sign(t, toC.String(), a, b, c), ""},
		{"one of two old keys", sign(t, toC.String(), b, c), "the keys before it do not vouch for it: it has 1 of the 2 signatures"},
		{"one of two new keys", sign(t, toC.String(), a, b), "it has 1 of the 2 signatures"},
		{"only the same key twice", sign(t, toC.String(), c), "it has 1 of the 2 signatures"},
		{"another number", sign(t, next(s1, func(n *Statement) { n.Number = 3 }).String(), a, b), "it is statement 3"},
		{"another past", sign(t, next(s1, func(n *Statement) { n.Prev = digest.Sum{} }).String(), a, b), "does not follow"},
		{"another archive", sign(t, Statement{Origin: "y.example", Number: 2, Time: day, Threshold: 1, Keys: []string{testKey(t, "y.example", 1).line}, Prev: s1.Sum()}.String(), testKey(t, "y.example", 1)), "does not follow"},
		{"no threshold", sign(t, next(s1, func(n *Statement) { n.Threshold = 0 }).String(), a, b), "it wants 0 signatures"},
		{"threshold too high", sign(t, next(s1, func(n *Statement) { n.Threshold = 3 }).String(), a, b), "it wants 3 signatures of 2 keys"},
		{"key twice", sign(t, next(s1, func(n *Statement) { n.Keys = []string{a.line, a.line} }).String(), a, b), "is in it twice"},
		{"keys unsorted", sign(t, next(s1, func(n *Statement) { slices.Reverse(n.Keys) }).String(), a, b), "not in order"},
		{"key and revoked", sign(t, next(s1, func(n *Statement) { n.Revoked = []Fingerprint{a.print(t)} }).String(), a, b), "in it and revoked"},
		{"edited", []byte(strings.Replace(string(sign(t, toC.String(), a, b, c)), "threshold 2", "threshold 1", 1)), "is false"},
		{"unsigned", []byte(toC.String()), "it is not signed"},
		{"empty", nil, "not a statement of keys"},
		{"beacon among keys", sign(t, next(s1, func(n *Statement) { n.Beacons = []string{a.line} }).String(), a, b), "has another name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Follow([][]byte{file1, tt.file})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Follow: %v, want %q", err, tt.want)
			}
		})
	}
}

func TestARevocationIsNotTakenBack(t *testing.T) {
	a, b, c, s1, file1 := base(t)
	s2 := next(s1, func(n *Statement) { n.Keys, n.Revoked = sorted(b.line, c.line), []Fingerprint{a.print(t)} })
	file2 := sign(t, s2.String(), a, b, c)
	s3 := next(s2, func(n *Statement) { n.Revoked = nil })
	if _, err := Follow([][]byte{file1, file2, sign(t, s3.String(), b, c)}); err == nil || !strings.Contains(err.Error(), "takes back") {
		t.Errorf("Follow: %v", err)
	}
}

func TestAHeadNeedsItsSignatures(t *testing.T) {
	a, b, c, s1, file1 := base(t)
	head := manifest.Head{Files: 1, Bytes: 1, Release: manifest.Release{Origin: "x.example", Version: 1, Time: day, Keys: 1, KeysSum: s1.Sum()}}
	other := head
	other.KeysSum = digest.Sum{}
	ahead := head
	ahead.Keys = 2
	s2 := next(s1, func(n *Statement) { n.Keys, n.Revoked = sorted(b.line, c.line), []Fingerprint{a.print(t)} })
	tests := []struct {
		name  string
		head  []byte
		later bool // statement 2 is known
		want  string
	}{
		{"two of two", sign(t, head.String(), a, b), false, ""},
		{"with a stranger's", sign(t, head.String(), a, b, c), false, ""},
		{"one of two", sign(t, head.String(), a), false, "it has 1 of the 2 signatures"},
		{"one and a stranger's", sign(t, head.String(), a, c), false, "it has 1 of the 2 signatures"},
		{"strangers only", sign(t, head.String(), c), false, "it has 0 of the 2 signatures"},
		{"none", []byte(head.String()), false, "it is not signed"},
		{"edited", []byte(strings.Replace(string(sign(t, head.String(), a, b)), "files 1", "files 2", 1)), false, "is false"},
		{"another statement", sign(t, other.String(), a, b), false, "it names other keys"},
		{"a statement that is not here", sign(t, ahead.String(), a, b), false, "mirror/keys/2 is missing"},
		{"a key that was revoked", sign(t, head.String(), a, b), true, "signed by a key that was revoked (1 of 2 signatures count)"},
		{"unsigned form", []byte(manifest.Head{Files: 1}.String()), false, "it is not signed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := [][]byte{file1}
			if tt.later {
				files = append(files, sign(t, s2.String(), a, b, c))
			}
			chain, err := Follow(files)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = chain.Head(tt.head)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Head: %v, want %q", err, tt.want)
			}
		})
	}
}

// Whoever is in a statement without having signed it cannot be a reason to
// trust it: anybody can write anybody's key there.
func TestAnchorWantsTheSignatureOfThePinnedKey(t *testing.T) {
	a, b, c, _, _ := base(t)
	false1 := Statement{Origin: "x.example", Number: 1, Time: day, Threshold: 1, Keys: sorted(a.line, c.line)}
	for _, tt := range []struct {
		by   signer
		pins []Fingerprint
		good bool
	}{{c, []Fingerprint{a.print(t)}, false}, {a, []Fingerprint{a.print(t)}, true}, {a, []Fingerprint{a.print(t), c.print(t)}, false}, {a, []Fingerprint{b.print(t)}, false}} {
		files := [][]byte{sign(t, false1.String(), tt.by)}
		chain, err := Follow(files)
		if err != nil {
			t.Fatal(err)
		}
		if err := chain.Anchor(files, tt.pins); (err == nil) != tt.good {
			t.Errorf("signed by %s, with %d pins: %v, want good: %v", tt.by.print(t), len(tt.pins), err, tt.good)
		}
	}
}

// A beacon's key can say nothing else.
func TestABeaconIsNoHead(t *testing.T) {
	v := newVectors(t)
	c, err := Follow([][]byte{v.statement1, v.statement2})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Head(sign(t, string(manifest.Text(v.head2)), v.beacon)); err == nil {
		t.Error("a head that the beacon key signed is good")
	}
	if _, err := c.Beacon(sign(t, string(manifest.Text(v.alive)), v.one, v.two)); err == nil {
		t.Error("a beacon that the archive's keys signed is good: they are kept elsewhere")
	}
	if _, err := c.Beacon(v.head2); err == nil {
		t.Error("a head is a beacon")
	}
}

func TestFingerprintsAreReadHoweverTheyAreWritten(t *testing.T) {
	a := testKey(t, "x.example", 1)
	f := a.print(t)
	for _, text := range []string{
		f.String(), strings.ReplaceAll(f.String(), "-", ""), strings.ToUpper(strings.ReplaceAll(f.String(), "-", " ")),
		f.Words(), strings.ToUpper(f.Words()), strings.ReplaceAll(f.Words(), " ", "-"), a.line + "\n",
	} {
		if got, err := ParseFingerprint(text); err != nil || got != f {
			t.Errorf("ParseFingerprint(%q) = %v, %v; want %v", text, got, err, f)
		}
	}
	for _, text := range []string{"", "zz", f.String()[1:], strings.Replace(f.Words(), "r", "q", 1), "PRIVATE+KEY+x+00000000+AA", "a+b+c"} {
		if got, err := ParseFingerprint(text); err == nil {
			t.Errorf("ParseFingerprint(%q) = %v, want an error", text, got)
		}
	}
}

func TestTheWordsCanBeToldApart(t *testing.T) {
	words := strings.Fields(wordList)
	if len(words) != 256 || !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != 256 {
		t.Errorf("there are %d words, want 256 different ones, sorted", len(words))
	}
}

func FuzzParseStatement(f *testing.F) {
	v := newVectors(f)
	f.Add(v.statement1)
	f.Add(v.statement2)
	f.Add([]byte("backfile-keys/1\norigin x\nnumber 1\nthreshold 0\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ParseStatement(file)
		if err == nil && s.String() != string(manifest.Text(file)) {
			t.Errorf("ParseStatement(%q) is written as %q", file, s.String())
		}
	})
}

func FuzzChain(f *testing.F) {
	v := newVectors(f)
	f.Add(v.statement1, v.head1)
	f.Add(v.statement1, v.head2)
	c, err := Follow([][]byte{v.statement1, v.statement2})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, statement, file []byte) {
		if own, err := Follow([][]byte{statement}); err == nil && string(manifest.Text(statement)) != string(manifest.Text(v.statement1)) {
			t.Logf("a statement of strangers: %d keys", len(own.Last().Keys)) // anyone may make one
		}
		h, _, err := c.Head(file)
		if err == nil && h.String() != string(manifest.Text(v.head1)) && h.String() != string(manifest.Text(v.head2)) {
			t.Errorf("Head(%q) is good", file)
		}
		b, err := c.Beacon(file)
		if err == nil && b.String() != string(manifest.Text(v.alive)) {
			t.Errorf("Beacon(%q) is good", file)
		}
	})
}
