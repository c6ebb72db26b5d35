// Package starter is the archive that "backfile init" writes: a site.yaml in
// which every key is explained, one article, a workflow that builds, checks
// and publishes on GitHub Pages, and a README for those who edit.
//
// Nothing that is there already is touched: a file is made only where there is
// none, whole or not at all.
package starter

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"text/template"
	"time"

	"backfile/build/config"
	"backfile/build/internal/newfile"
)

//go:embed files
var files embed.FS

// Options say what the archive is called and where it will be. The zero value
// of each but Title leaves it to the person who edits site.yaml.
type Options struct {
	Title    string
	Language string // "en" when ""
	BaseURL  string
	Program  string    // the address of backfile's git repository, for the workflow
	Version  string    // a tag there
	Today    time.Time // the day of the first article
}

// A Made is a file of the archive and whether it was made or was there.
type Made struct {
	Path string
	New  bool
}

// article is the template of the first article, which is made only where
// there is no content yet.
const article = "files/content/first.md"

// Write makes the archive in dir, which is made when it does not exist.
func Write(dir string, o Options) (made []Made, err error) {
	o.Title = strings.Join(strings.Fields(o.Title), " ")
	if o.Language == "" {
		o.Language = "en"
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	folder := newfile.In(root)
	for _, f := range o.list(root) {
		b, err := o.draw(f.from)
		if err != nil {
			return made, err
		}
		isNew, err := put(folder, f.to, b)
		if err != nil {
			return made, fmt.Errorf("writing %s: %w", f.to, err)
		}
		made = append(made, Made{f.to, isNew})
	}
	return made, nil
}

// A file says where a file comes from and where it goes.
type file struct{ from, to string }

// list returns the files to make, in the order in which people should meet
// them.
func (o Options) list(root *os.Root) []file {
	list := []file{{"files/site.yaml", config.File}}
	if _, err := root.Stat("content"); errors.Is(err, fs.ErrNotExist) {
		list = append(list, file{article, path.Join("content", o.Today.Format("2006/01/02"), "how-this-archive-is-kept.md")})
	}
	return append(list,
		file{"files/README.md", "README.md"},
		file{"files/gitignore", ".gitignore"},
		file{"files/github/pages.yml", ".github/workflows/pages.yml"},
		file{"", ".backfile/site.schema.json"},
	)
}

// put makes one file, unless there is one.
func put(folder *newfile.Folder, name string, b []byte) (isNew bool, err error) {
	f, err := folder.Put(name, b)
	if err != nil {
		return false, err
	}
	err = f.Settle()
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}

// address are the letters of addresses of git repositories and names of tags,
// none of which means anything to YAML, GitHub or a shell.
var address = regexp.MustCompile(`^[A-Za-z0-9@:/._~+-]*$`)

// check refuses what would make a site.yaml that backfile itself refuses.
func (o Options) check() error {
	for _, s := range []string{o.Program, o.Version} {
		if !address.MatchString(s) || strings.HasPrefix(s, "-") {
			return fmt.Errorf("%q is not the address or the version of a git repository", s)
		}
	}
	src, err := o.draw("files/site.yaml")
	if err != nil {
		return err
	}
	_, problems := config.Parse(config.File, src)
	return problems.Err()
}

// draw makes the bytes of a file; those of no template are the schema.
func (o Options) draw(from string) ([]byte, error) {
	if from == "" {
		return config.Schema(), nil
	}
	src, err := files.ReadFile(from)
	if err != nil {
		return nil, err
	}
	t := template.New(from)
	if path.Ext(from) == ".yml" {
		t.Delims("[[", "]]") // braces are GitHub's
	}
	t, err = t.Parse(string(src))
	if err != nil {
		return nil, err
	}
	data := map[string]string{
		"Title": o.Title, "Language": o.Language, "BaseURL": o.BaseURL,
		"Program": o.Program, "Version": o.Version, "Date": o.Today.Format(time.DateOnly),
	}
	if path.Ext(from) != ".yml" && from != "files/README.md" { // YAML: quoted where it must be
		for _, k := range []string{"Title", "Language", "BaseURL"} {
			if data[k], err = quoted(data[k]); err != nil {
				return nil, err
			}
		}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// plain are texts that mean themselves in YAML without quotes.
var plain = regexp.MustCompile(`^(?:\p{L}[\p{L}\p{N}]*(?: [\p{L}\p{N}]+)+|[a-z]{2,3}(?:-[A-Za-z0-9]+)*|https?://[A-Za-z0-9:/._~-]+)$`)

// quoted is s as one line of YAML: JSON's strings are YAML too.
func quoted(s string) (string, error) {
	if s == "" || plain.MatchString(s) {
		return s, nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return strings.TrimSpace(out.String()), err
}
