package manifest

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"backfile/build/internal/digest"
)

func FuzzParseHead(f *testing.F) {
	f.Add(Head{}.String())
	f.Add(Head{Files: 119998, Bytes: 934123123, Root: digest.Plain(nil), RootSize: 170}.String())
	f.Add(Head{Files: -1}.String())
	f.Add("backfile-manifest/2\nfiles 1\n")
	signed := Head{Files: 2, Bytes: 12, RootSize: 171, Release: Release{
		Origin: "x.example", Version: 2, Time: time.Unix(1772366400, 0), Next: time.Unix(1772966400, 0), Keys: 1, DeltaFrom: 1, DeltaBytes: 353,
	}}
	f.Add(signed.String())
	f.Add(signed.String() + "\n— x.example s0N38+vkry2/zbBRjO5K1BNoQmSZOnhS2px9pMXgcg4adzgWtW8zmbO1Yg+MGFLDtnlRiV70ViZfU4SmcWHipyRmlQ8=\n")
	f.Add("backfile-manifest/1\nfiles -1\nbytes 0\nroot 00 1\nunsigned\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHead([]byte(text))
		if err == nil && h.String() != string(Text([]byte(text))) {
			t.Errorf("ParseHead(%q) is written as %q", text, h.String())
		}
		if err == nil && (h.Files < 0 || h.Bytes < 0 || h.RootSize < 0) {
			t.Errorf("ParseHead(%q) gave the counts %+v", text, h)
		}
	})
}

func FuzzParseShard(f *testing.F) {
	sum := strings.Repeat("0", 64)
	f.Add("f " + sum + " 1 a\nf " + sum + " 2 a b\n")
	f.Add("d " + sum + " 100 2023/12/31/slug.html\n")
	f.Add("f " + sum + " 1 ../x\n")
	f.Add("f " + sum + " 1 a\x00\nd " + sum + " 1 b\\c\n")
	f.Fuzz(func(t *testing.T, text string) {
		kind, lines, err := ParseShard([]byte(text))
		if err != nil {
			return
		}
		var again []byte
		last := ""
		for _, l := range lines {
			again = appendLine(again, kind, l)
			if l.Path <= last || l.Size < 0 || CheckPath(l.Path) != nil {
				t.Errorf("ParseShard(%q) gave %+v after %q", text, l, last)
			}
			last = l.Path
		}
		if string(again) != text {
			t.Errorf("ParseShard(%q) is written as %q", text, again)
		}
	})
}

// FuzzReadShard reads whatever stands in a shard's file.
func FuzzReadShard(f *testing.F) {
	f.Add(compress(f, "f x\n"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		want := File{Size: 4, Sum: digest.Plain([]byte("f x\n"))}
		m := fstest.MapFS{shardPath(want.Sum): {Data: file}}
		text, err := ReadShardText(m, want)
		if err == nil && string(text) != "f x\n" {
			t.Errorf("ReadShardText(%q) = %q", file, text)
		}
	})
}

// FuzzMake lists files of any names and reads the list again.
func FuzzMake(f *testing.F) {
	f.Add("index.html\n404.html\n2023/12/31/flood.html", uint8(40))
	f.Add("..\n/\na/../b\n.\nmirror/head\n\xff\na\\b", uint8(3))
	f.Fuzz(func(t *testing.T, names string, times uint8) {
		var files []File
		for n := range int(times) + 1 {
			for name := range strings.SplitSeq(names, "\n") {
				name = strings.Repeat("d/", n) + name
				if CheckPath(name) == nil {
					files = append(files, File{name, int64(len(name)), digest.Plain([]byte(name))})
				}
			}
		}
		slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
		files = slices.Compact(files)
		m := mustMake(t, files)
		got, err := collect(m.head.Read(m.fs(t)))
		if err != nil || !slices.Equal(got, files) {
			t.Errorf("%d files were listed, and %d read (%v)", len(files), len(got), err)
		}
	})
}
