package capture

import (
	"io"

	"backfile/build/capture/generator"
)

// folder says what surrounds a Markdown file.
func (r *reader) folder(in *input, text string) Folder {
	p := in.place
	out := Folder{Path: in.path}
	if out.Path == "" {
		out.Path = "article.md" // of standard input: no name that tells anything
	}
	if p.fsys == nil {
		return out
	}
	out.Path = p.site.File(in.path)
	if !in.met {
		out.Path = in.name // whoever names a file names the folders that may tell its date
	}
	below, whole := p.site.Address(in.path, []byte(text))
	if below != "" {
		out.Aliases, out.URL = []string{below}, whole
	}
	for _, a := range generator.Assets(p.site, p.fsys, in.path, []byte(text)) {
		out.Assets = append(out.Assets, Asset{Ref: a.Ref, To: a.To, Open: func() (io.ReadCloser, error) { return p.fsys.Open(a.Path) }})
	}
	return out
}
