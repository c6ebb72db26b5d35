package manifest

import (
	"fmt"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Portable returns nil when every file system can hold the files of a list
// side by side, and else what is wrong. A list that is signed is portable:
// a copy on a stick, on Windows or on a Mac would lose files otherwise.
func Portable(list []File) error {
	folded := map[string]string{} // paths that fold to another, by what they fold to
	for _, f := range list {
		if err := portableName(f.Path); err != nil {
			return err
		}
		key := fold(f.Path)
		if key == f.Path {
			continue
		}
		if other, ok := folded[key]; ok {
			return clash(other, f.Path)
		}
		folded[key] = f.Path
	}
	dirs := map[string]bool{}
	for _, f := range list {
		if other, ok := folded[f.Path]; ok {
			return clash(other, f.Path)
		}
		for dir := f.Path; ; {
			i := strings.LastIndexByte(dir, '/')
			if i < 0 {
				break
			}
			if dir = dir[:i]; dirs[dir] {
				break
			}
			dirs[dir] = true
		}
	}
	for _, f := range list {
		if dirs[f.Path] {
			return fmt.Errorf("%q is a file and a folder too", f.Path)
		}
	}
	return nil
}

func clash(a, b string) error {
	return fmt.Errorf("%q and %q are one file where case or accents are not told apart", a, b)
}

// fold returns what a file system that does not tell case apart makes of a
// path, and one that writes accents in its own way.
func fold(path string) string {
	for i := range len(path) {
		if path[i] >= 0x80 {
			return norm.NFC.String(cases.Fold().String(norm.NFC.String(path)))
		}
	}
	return strings.ToLower(path)
}

// portableName returns what is wrong with the names in a path for Windows:
// devices, signs that mean something else, and ends that are cut off.
func portableName(path string) error {
	for name := range strings.SplitSeq(path, "/") {
		stem, _, _ := strings.Cut(strings.ToLower(name), ".")
		stem = strings.TrimRight(stem, " ")
		device := stem == "con" || stem == "prn" || stem == "aux" || stem == "nul" ||
			len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '1' && stem[3] <= '9'
		switch {
		case device:
			return fmt.Errorf("the path %q has the name of a device on Windows", path)
		case strings.ContainsAny(name, `<>:"|?*`):
			return fmt.Errorf("the path %q has a sign that Windows does not allow in names", path)
		case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
			return fmt.Errorf("the path %q has a name that ends with a dot or a space, which Windows cuts off", path)
		case len(name) > 255:
			return fmt.Errorf("the path %.80q… has a name of more than 255 bytes", path)
		}
	}
	return nil
}
