package article

import (
	"strings"
	"testing"
)

// A seal holds until somebody changes a letter of the file, wherever the file
// is put.
func TestSealBreaksWithAnyEdit(t *testing.T) {
	file := string(Seal(Article{Meta: Meta{Title: "The mill", Source: Source{URL: "https://example.org/a", Cleaner: 2}}, Body: "It stays.\n\nSo does the weir.\n"}))
	same := map[string]string{"as it was written": file, "with the line ends of another system": strings.ReplaceAll(file, "\n", "\r\n")}
	for name, src := range same {
		if !Sealed([]byte(src)) {
			t.Errorf("%s, the seal is broken:\n%s", name, src)
		}
	}
	seal := file[strings.Index(file, "  seal: "):]
	seal = seal[:strings.IndexByte(seal, '\n')+1]
	edited := map[string]string{
		"a word of the text":   strings.Replace(file, "stays", "goes", 1),
		"a topic":              strings.Replace(file, "source:", "topics: [mills]\nsource:", 1),
		"a space at the end":   file + " ",
		"the seal":             strings.Replace(file, "seal: ", "seal: 0", 1),
		"the seal taken out":   strings.Replace(file, seal, "", 1),
		"another article":      "---\ntitle: x\n---\nIt stays.\n",
		"the seal in the text": "---\ntitle: x\n---\n" + seal,
		"nothing":              "",
	}
	for name, src := range edited {
		if Sealed([]byte(src)) {
			t.Errorf("%s: the seal holds, though it was edited:\n%s", name, src)
		}
	}
}

func TestCleanerIsANumberAndASealIsLetters(t *testing.T) {
	tests := []struct{ src, want string }{
		{"cleaner: two", `a.md:4:12: source.cleaner must be the number of a version, not "two"`},
		{"cleaner: 0", `a.md:4:12: source.cleaner must be the number of a version, not "0"`},
		{"seal: wax", `a.md:4:9: source.seal must be a seal, digits and letters from a to f, not "wax"`},
	}
	for _, tt := range tests {
		src := "---\ntitle: x\nsource:\n  " + tt.src + "\n---\n"
		_, err := Parse("a.md", []byte(src))
		if err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q)\n got %v\nwant %s", src, err, tt.want)
		}
	}
}
