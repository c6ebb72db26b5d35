package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backfile/build/capture"
)

// A set is captures with what is true of them.
type set struct {
	name  string
	ids   []string // sorted
	truth map[string]truth
	files map[string][]byte // as they are stored: "html/ID.html.gz"
}

// A truth is what is known of a page. What is nil is not known.
type truth struct {
	Body    *string  `json:"articleBody"`
	With    []string `json:"with"`
	Without []string `json:"without"`
	Title   string   `json:"title"`
	Author  list     `json:"author"`
	Date    string   `json:"date"`
	URL     string   `json:"url"`
	Site    string   `json:"site"`
}

// A list is several names, or one text that holds them with ";" or "|" between.
type list []string

func (l *list) UnmarshalJSON(b []byte) error {
	var many []string
	if json.Unmarshal(b, &many) == nil {
		*l = many
		return nil
	}
	var one *string
	if err := json.Unmarshal(b, &one); err != nil || one == nil {
		return err
	}
	for _, name := range strings.FieldsFunc(*one, func(r rune) bool { return r == ';' || r == '|' }) {
		*l = append(*l, strings.TrimSpace(name))
	}
	return nil
}

// readSet reads NAME.tar or the folder NAME below dir; nil when there is neither.
func readSet(dir, name string) (*set, error) {
	s := &set{name: name, files: map[string][]byte{}}
	err := s.readTar(filepath.Join(dir, name+".tar"))
	if errors.Is(err, fs.ErrNotExist) {
		err = s.readFolder(filepath.Join(dir, name))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	src, ok := s.files["truth.json"]
	if !ok {
		return nil, fmt.Errorf("set %s has no truth.json", name)
	}
	if err := json.Unmarshal(src, &s.truth); err != nil {
		return nil, fmt.Errorf("reading truth.json of set %s: %w", name, err)
	}
	for id := range s.truth {
		s.ids = append(s.ids, id)
	}
	slices.Sort(s.ids)
	return s, nil
}

func (s *set) readTar(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		s.add(h.Name, b)
	}
}

func (s *set) readFolder(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(file)
		if err == nil {
			s.add(filepath.ToSlash(file), b)
		}
		return err
	})
}

// add keeps a file by its name and that of the folder it is in.
func (s *set) add(name string, b []byte) {
	parts := strings.Split(strings.TrimPrefix(name, "./"), "/")
	if last := parts[len(parts)-1]; last == "truth.json" {
		s.files[last] = b
	} else if len(parts) > 1 {
		s.files[parts[len(parts)-2]+"/"+last] = b
	}
}

// keep leaves only one half of the set: pages of one site stand in the same.
func (s *set) keep(half string) {
	if half == "" {
		return
	}
	s.ids = slices.DeleteFunc(s.ids, func(id string) bool {
		h := fnv.New32a()
		h.Write([]byte(s.site(id)))
		return (h.Sum32()>>8%2 == 0) != (half == "a")
	})
}

// site returns what the pages of one site have in common.
func (s *set) site(id string) string {
	if site := s.truth[id].Site; site != "" {
		return site
	}
	name, _, _ := strings.Cut(id, "_")
	return name
}

func (s *set) tells(of func(truth) bool) bool {
	return slices.ContainsFunc(s.ids, func(id string) bool { return of(s.truth[id]) })
}

func (s *set) has(form string) bool {
	return slices.ContainsFunc(s.ids, func(id string) bool { return s.packed(form, id) != nil })
}

// packed returns the bytes of a capture as they are stored, or nil.
func (s *set) packed(form, id string) []byte {
	name := form + "/" + id + ending(form)
	if b := s.files[name+".gz"]; b != nil {
		return b
	}
	return s.files[name]
}

func ending(form string) string {
	if form == "html" {
		return ".html"
	}
	return ".txt"
}

// read returns a capture of the set as import reads it.
func (s *set) read(form, id string) (capture.Capture, error) {
	b := s.packed(form, id)
	if b == nil {
		return capture.Capture{}, fmt.Errorf("%s has no %s of %s", s.name, form, id)
	}
	if bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(r)
		}
		if err != nil {
			return capture.Capture{}, fmt.Errorf("unpacking %s: %w", id, err)
		}
	}
	dir, err := os.MkdirTemp("", "eval")
	if err != nil {
		return capture.Capture{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "capture"+ending(form))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		return capture.Capture{}, err
	}
	for c, err := range capture.Read(context.Background(), []string{file}, capture.Options{}) {
		return c, err
	}
	return capture.Capture{}, fmt.Errorf("%s holds no capture", id)
}
