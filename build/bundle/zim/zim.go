// Package zim makes a ZIM of public/, the form that Kiwix reads offline, with
// zimwriterfs where that is installed.
//
// zimwriterfs puts the day on which it runs and random identifiers into what it
// makes; they are replaced by the day of the newest article and by ones that
// follow from the archive. So the same archive and the same zimwriterfs always
// give the same bytes.
package zim

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/text/language"

	"backfile/build/bundle"
	"backfile/build/manifest"
)

// Is tells by its first bytes whether a file is a ZIM.
func Is(begins []byte) bool { return len(begins) >= 4 && string(begins[:4]) == "ZIM\x04" }

// Program is what makes a ZIM.
const Program = "zimwriterfs"

// ErrNoProgram is returned where there is no zimwriterfs.
var ErrNoProgram = errors.New("a ZIM is made by zimwriterfs, which is not installed here: it is in the package zim-tools of Debian and Ubuntu, and at https://github.com/openzim/zim-tools")

// Find looks for zimwriterfs.
func Find() (string, error) {
	program, err := exec.LookPath(Program)
	if err != nil {
		return "", ErrNoProgram
	}
	return program, nil
}

// icon is what an archive without a picture of its own has: 48 by 48 pixels.
//
//go:embed icon.png
var icon []byte

// iconName is a name that no page has.
const iconName = "zim-illustration.png"

// Options direct the making of a ZIM.
type Options struct {
	Name     string                // of the ZIM, for programs: "lantern-2023"
	Progress func(done, total int) // when set, told how many files were taken
	Warn     func(text string)     // told what is not as it should be; without it that is an error
}

// Write makes a ZIM of the files of src, the manifest aside: it says nothing
// of pages that are taken apart. The folder beside is where it is made, which
// needs room for the files and the ZIM.
func Write(ctx context.Context, src *bundle.Source, to io.Writer, beside string, o Options) (err error) {
	program, err := Find()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(beside, ".zim-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pages, made := filepath.Join(dir, "pages"), filepath.Join(dir, "made.zim")
	if err := stage(ctx, src, pages, o.Progress); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, append(flags(src, o), pages, made)...)
	var talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &talk, &talk
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%s: %w: %s", Program, err, lastLine(talk.String()))
	}
	b, err := os.ReadFile(made)
	if err != nil {
		return err
	}
	switch dated, err := redate(b, src.Newest); {
	case err == nil:
		b = dated
	case errors.Is(err, errForm) && o.Warn != nil: // of a later zimwriterfs
		o.Warn("this zimwriterfs makes ZIMs of a form that is not known: the ZIM bears today's date, and will be another tomorrow")
	default:
		return err
	}
	if err := settle(b, src); err != nil {
		return err
	}
	_, err = to.Write(b)
	return err
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// stage puts the files of src into a folder of their own.
func stage(ctx context.Context, src *bundle.Source, dir string, progress func(done, total int)) error {
	made := map[string]bool{}
	for i, f := range src.Files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if strings.HasPrefix(f.Path, manifest.Dir) || strings.HasPrefix(path.Base(f.Path), ".") {
			continue
		}
		b, err := src.Read(f)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if folder := filepath.Dir(name); !made[folder] {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
			made[folder] = true
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			return err
		}
		if progress != nil && i%64 == 0 {
			progress(i, len(src.Files))
		}
	}
	return os.WriteFile(filepath.Join(dir, iconName), icon, 0o644)
}

// flags are what zimwriterfs is told. One thread, so that the order of what is
// written is always the same.
func flags(src *bundle.Source, o Options) []string {
	s := src.Site
	title, publisher := s.Title, s.Publisher
	if publisher == "" {
		publisher = title
	}
	description := s.Description
	if description == "" {
		description = title
	}
	// The ZIM format wants short ones: 30 and 80 letters, which zimcheck and
	// Kiwix's library look at.
	f := []string{
		"--welcome=index.html", "--illustration=" + iconName, "--language=" + iso3(s.Language),
		"--title=" + cut(title, 30), "--description=" + cut(description, 80), "--creator=" + publisher, "--publisher=" + publisher,
		"--name=" + o.Name, "--scraper=backfile", "--threads=1",
	}
	if s.BaseURL != "" {
		f = append(f, "--source="+s.BaseURL)
	}
	return f
}

// iso3 is a language as ISO 639-3 has it.
func iso3(tag string) string {
	base, _ := language.Make(tag).Base()
	return base.ISO3()
}

// cut shortens a text to so many letters.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimRight(string(r[:most-1]), " ,.;:–-") + "…"
}
