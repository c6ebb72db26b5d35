package manifest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"backfile/build/internal/digest"
)

// public returns a small public/ with its manifest, in memory.
func public(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	var files []File
	for _, f := range archive(300) {
		text := []byte("text of " + f.Path)
		out[f.Path] = &fstest.MapFile{Data: text}
		files = append(files, File{f.Path, int64(len(text)), digest.Plain(text)})
	}
	for p, f := range mustMake(t, files).fs(t) {
		out[p] = f
	}
	return out
}

const (
	one = "2014/01/01/the-river-is-back-in-its-bed-0.html"
	two = "2014/01/02/index.html"
)

func TestVerifyReportsEveryDifference(t *testing.T) {
	set := func(p, text string) func(fstest.MapFS) {
		return func(m fstest.MapFS) { m[p] = &fstest.MapFile{Data: []byte(text)} }
	}
	tests := []struct {
		name   string
		change func(fstest.MapFS)
		want   []string
	}{
		{"nothing", func(fstest.MapFS) {}, nil},
		{"one byte", func(m fstest.MapFS) { m[one] = &fstest.MapFile{Data: []byte("Text of " + one)} }, []string{
			one + " differs from the manifest (sha256 6021bf9c55fd62527900ce8189881f880013177526093b74969fdab471ac1966, not 8ffb208e003c7a7000721bd93d697a15d583029ced4a4d06cd115fe9f0d3bd41)"}},
		{"shorter", set(one, ""), []string{one + " differs from the manifest (0 bytes, not 54)"}},
		{"longer", set(one, strings.Repeat("x", 1000)), []string{one + " differs from the manifest (1000 bytes, not 54)"}},
		{"missing", func(m fstest.MapFS) { delete(m, one); delete(m, two) }, []string{one + " is missing", two + " is missing"}},
		{"planted page", set("2014/login.html", "<script>"), []string{"2014/login.html is not in the manifest"}},
		{"planted in mirror/", set("mirror/login.html", "<script>"), []string{"mirror/login.html is not in the manifest"}},
		{"planted among shards", set("mirror/m/x.gz", "x"), []string{"mirror/m/x.gz is not in the manifest"}},
		{"planted below shards", set("mirror/m/x/"+strings.Repeat("0", 64)+".gz", "x"), []string{
			"mirror/m/x/" + strings.Repeat("0", 64) + ".gz is not in the manifest"}},
		{"old shard", set("mirror/m/"+strings.Repeat("0", 64)+".gz", "x"), nil},
		{"dot files at the top", func(m fstest.MapFS) { set(".git/config", "x")(m); set(".htaccess", "x")(m) }, nil},
		{"dot file deeper", set("2014/.DS_Store", "x"), []string{"2014/.DS_Store is not in the manifest"}},
		{".nojekyll altered", set(".nojekyll", "x"), []string{".nojekyll differs from the manifest (1 bytes, not 17)"}},
		{".nojekyll missing", func(m fstest.MapFS) { delete(m, ".nojekyll") }, []string{".nojekyll is missing"}},
		{"symbolic link", func(m fstest.MapFS) { m[one] = &fstest.MapFile{Data: []byte("x"), Mode: fs.ModeSymlink} }, []string{
			one + " is not a file (L---------)"}},
		{"folder for a file", func(m fstest.MapFS) { delete(m, one); set(one+"/x", "x")(m) }, []string{
			one + " is missing", one + "/x is not in the manifest"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := public(t)
			tt.change(m)
			report, err := Verify(t.Context(), m)
			if err != nil {
				t.Fatalf("Verify: %v", err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, f.Error())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Verify found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestVerifyReportsANojekyllThatIsNotListed(t *testing.T) {
	text := []byte("x")
	m := mustMake(t, []File{{"index.html", 1, digest.Plain(text)}}).fs(t)
	m["index.html"], m[".nojekyll"] = &fstest.MapFile{Data: text}, &fstest.MapFile{}
	report, err := Verify(t.Context(), m)
	if err != nil || len(report.Findings) != 1 || report.Findings[0].Error() != ".nojekyll is not in the manifest" {
		t.Errorf("Verify found %v, %v; want .nojekyll", report, err)
	}
}

// A link in a copy could lead anywhere; nothing behind it is read.
func TestVerifyFollowsNoLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.CopyFS(dir, public(t)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "2014"), filepath.Join(outside, "2014")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "2014"), filepath.Join(dir, "2014")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	report, err := Verify(t.Context(), os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 311 || report.Findings[0].Error() != "2014 is not a file (L---------)" {
		t.Errorf("Verify found %d differences, the first %q; want 311, the first the link", len(report.Findings), report.Findings[0].Error())
	}
}

// Whatever is done to head and shards, Verify does not call the copy good, and
// its error names the file.
func TestVerifyRefusesADamagedManifest(t *testing.T) {
	m := public(t)
	root := shardPath(mustHead(t, m).Root)
	tests := []struct {
		name, want string
		change     func(m fstest.MapFS)
	}{
		{"no head", "reading the manifest: open mirror/head: file does not exist", func(m fstest.MapFS) { delete(m, HeadPath) }},
		{"another head", "mirror/head: it is not the head of a manifest", func(m fstest.MapFS) { m[HeadPath].Data = []byte("hello\n") }},
		{"later format", `mirror/head: it is of format "backfile-manifest/2", which a later backfile reads`,
			func(m fstest.MapFS) { m[HeadPath].Data = []byte("backfile-manifest/2\n") }},
		{"head cut short", "mirror/head: it is damaged", func(m fstest.MapFS) { m[HeadPath].Data = m[HeadPath].Data[:40] }},
		{"endless head", "reading the manifest: mirror/head is longer than 16384 bytes",
			func(m fstest.MapFS) { m[HeadPath].Data = append(m[HeadPath].Data, make([]byte, MaxHead)...) }},
		{"other counts", "mirror/head: its counts are not those of the list", func(m fstest.MapFS) {
			m[HeadPath].Data = regexp.MustCompile(`files \d+`).ReplaceAll(m[HeadPath].Data, []byte("files 12"))
		}},
		{"more files", "mirror/head: its counts are not those of the list", func(m fstest.MapFS) {
			m[HeadPath].Data = regexp.MustCompile(`files \d+`).ReplaceAll(m[HeadPath].Data, []byte("files 123456789"))
		}},
		{"no root", "reading the manifest: open " + root + ": file does not exist", func(m fstest.MapFS) { delete(m, root) }},
		{"shard of other text", root + " does not hold what its name says", func(m fstest.MapFS) { m[root].Data = compress(t, "x\n") }},
		{"shard of one digit changed", root + " does not hold what its name says", func(m fstest.MapFS) {
			text, err := ReadShardText(m, File{Sum: mustHead(t, m).Root, Size: mustHead(t, m).RootSize})
			if err != nil {
				t.Fatal(err)
			}
			text[2] ^= 1
			m[root].Data = compress(t, string(text))
		}},
		{"shard not gzip", root + ": gzip: invalid header", func(m fstest.MapFS) { m[root].Data = []byte("hello, this is no gzip") }},
		{"shard cut short", root + ": unexpected EOF", func(m fstest.MapFS) { m[root].Data = m[root].Data[:len(m[root].Data)/2] }},
		{"endless shard", root + " does not hold what its name says", func(m fstest.MapFS) {
			m[root].Data = compress(t, strings.Repeat("0", 50<<20))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := public(t)
			tt.change(m)
			_, err := Verify(t.Context(), m)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Verify\n got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// A hostile list has right digests, so it is the reader that must refuse it.
func TestReadRefusesHostileLists(t *testing.T) {
	sum := strings.Repeat("0", 64)
	f := func(p string) string { return "f " + sum + " 1 " + p + "\n" }
	tests := []struct{ name, text, want string }{
		{"climbing", f("../x"), `1: the path "../x" is not a plain path below the folder`},
		{"climbing inside", f("a") + f("a/../../x"), `2: the path "a/../../x" is not a plain path below the folder`},
		{"absolute", f("/etc/passwd"), `1: the path "/etc/passwd" is not a plain path below the folder`},
		{"backslash", f(`..\x`), `1: the path "..\\x" holds a backslash, which parts folders on Windows`},
		{"NUL", f("a\x00b"), `1: the path "a\x00b" holds a control character`},
		{"empty", f(""), `1: the path "" is not a plain path below the folder`},
		{"folder", f("a/"), `1: the path "a/" is not a plain path below the folder`},
		{"the folder itself", f("."), `1: the path "." is not a plain path below the folder`},
		{"manifest", f("mirror/head"), `1: the path "mirror/head" belongs to the manifest itself`},
		{"twice", f("a") + f("a"), `2: "a" comes after "a"`},
		{"unsorted", f("b") + f("a"), `2: "a" comes after "b"`},
		{"upper case digest", "f " + strings.Repeat("A", 64) + " 1 a\n", "1: not a line of a manifest"},
		{"short digest", "f 00 1 a\n", "1: not a line of a manifest"},
		{"padded size", "f " + sum + " 01 a\n", "1: not a line of a manifest"},
		{"negative size", "f " + sum + " -1 a\n", "1: not a line of a manifest"},
		{"huge size", "f " + sum + " 9223372036854775808 a\n", "1: not a line of a manifest"},
		{"other kind", "x " + sum + " 1 a\n", "1: not a line of a manifest"},
		{"mixed kinds", f("a") + "d " + sum + " 1 b\n", "2: not a line of a manifest"},
		{"no line break", strings.TrimSuffix(f("a"), "\n"), "1: not a line of a manifest"},
		{"blank line", "\n", "1: not a line of a manifest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Head{Files: 2, Bytes: 2, Root: digest.Plain([]byte(tt.text)), RootSize: int64(len(tt.text))}
			m := fstest.MapFS{shardPath(h.Root): {Data: compress(t, tt.text)}}
			_, err := collect(h.Read(m))
			if want := shardPath(h.Root) + ":" + tt.want; err == nil || err.Error() != want {
				t.Errorf("Read(%q)\n got %v\nwant %s", tt.text, err, want)
			}
		})
	}
}

// Shards below shards: the order and the ends of each must be right too.
func TestReadRefusesShardsOutOfPlace(t *testing.T) {
	sum := strings.Repeat("0", 64)
	a, b := "f "+sum+" 1 a\nf "+sum+" 1 c\n", "f "+sum+" 1 b\n"
	d := func(text, first string) string {
		return fmt.Sprintf("d %v %d %s\n", digest.Plain([]byte(text)), len(text), first)
	}
	deep := a
	texts := []string{a, b, ""}
	for range maxDepth + 1 {
		deep = d(deep, "a")
		texts = append(texts, deep)
	}
	tests := []struct{ name, root, want string }{
		{"overlap", d(a, "a") + d(b, "b"), `manifest: "b" comes after "c"`},
		{"another beginning", d(b, "a"), shardPath(digest.Plain([]byte(b))) + `: it does not begin at "a"`},
		{"empty shard", d("", "a"), shardPath(digest.Plain(nil)) + `: it does not begin at "a"`},
		{"too deep", deep, shardPath(digest.Plain([]byte(a))) + ": too many shards in one another"},
		{"too large", fmt.Sprintf("d %s %d a\n", sum, maxShard+1), "mirror/m/" + sum + ".gz: 1048577 bytes are more than a shard may have"},
		{"not there", "d " + sum + " 1 a\n", "reading the manifest: open mirror/m/" + sum + ".gz: file does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := fstest.MapFS{}
			for _, text := range append(texts, tt.root) {
				m[shardPath(digest.Plain([]byte(text)))] = &fstest.MapFile{Data: compress(t, text)}
			}
			h := Head{Files: 3, Bytes: 3, Root: digest.Plain([]byte(tt.root)), RootSize: int64(len(tt.root))}
			_, err := collect(h.Read(m))
			if err == nil || err.Error() != tt.want {
				t.Errorf("Read\n got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// A head that promises few files must not be followed through a long list.
func TestReadYieldsNoMoreThanTheHeadPromises(t *testing.T) {
	m := public(t)
	h := mustHead(t, m)
	h.Files = 12
	if files, err := collect(h.Read(m)); err == nil || len(files) != 12 {
		t.Errorf("Read yielded %d files, %v; want 12 and an error", len(files), err)
	}
}

func TestReadStopsWhenTheCallerDoes(t *testing.T) {
	m := public(t)
	n := 0
	for _, err := range mustHead(t, m).Read(m) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("Read yielded %d files before the break, want 3", n)
	}
}

// What README.txt tells people to type must find what Verify finds.
func TestReadmeCommandsCheckACopy(t *testing.T) {
	for _, tool := range []string{"sh", "gzip", "sed", "sha256sum", "find", "uniq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	var script strings.Builder
	for line := range strings.Lines(Readme) {
		if code, ok := strings.CutPrefix(line, "    "); ok {
			script.WriteString(code)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, public(t)); err != nil {
		t.Fatal(err)
	}
	run := func() string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script.String())
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, _ := cmd.CombinedOutput() // its status says what its output says
		return string(out)
	}
	if got := run(); got != "" {
		t.Errorf("on a good copy the commands printed\n%s", got)
	}
	write := func(p, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, p), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(one, "altered")
	write("2014/planted one.html", "planted")
	got := run()
	for _, want := range []string{one + ": FAILED\n", "2014/planted one.html\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("on an altered copy the commands printed\n%s\nwithout %q", got, want)
		}
	}
}

func TestReadmeBeginsWithTheMark(t *testing.T) {
	if !strings.HasPrefix(Readme, Mark) {
		t.Errorf("Readme begins %.80q, want %q", Readme, Mark)
	}
}

func mustHead(t testing.TB, public fs.FS) Head {
	t.Helper()
	h, err := ReadHead(public)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
