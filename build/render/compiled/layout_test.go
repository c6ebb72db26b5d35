package compiled

import (
	"bytes"
	"errors"
	"html/template"
	"strings"
	"sync"
	"testing"
)

// data has a value of each sort that a layout may meet.
type data struct {
	Text, Empty string
	HTML        template.HTML
	Attr        template.HTMLAttr
	URL         template.URL
	N           int
	Small       int16
	Float       float64
	Yes, No     bool
	List        []item
	Strings     []string
	None        []string
	Pointer     *item
	Nil         *item
	Any, NilAny any
	Map         map[string]string
	inner
}

type inner struct{ Inner string }

type item struct {
	Name string
	Next *item
}

func (i item) Upper() string                        { return strings.ToUpper(i.Name) }
func (i *item) Rename(to string) *item              { return &item{Name: to} }
func (d *data) With(it any) *data                   { c := *d; c.Any = it; return &c }
func (d *data) Join(sep string, rest ...any) string { return sep + strings.Repeat(sep, len(rest)) }
func (d *data) Fail(yes bool) (string, error) {
	if yes {
		return "", errors.New("as asked")
	}
	return "well", nil
}
func (d *data) Panic() string { panic("as asked") }

func newData() *data {
	last := &item{Name: "last"}
	return &data{
		Text: "a \"b\" <c> & 'd' + \x00\xff e", HTML: "<b>bold</b>", Attr: `title="x"`, URL: "a/b?c=d&e", N: -7, Small: 3, Float: 1.5, Yes: true,
		List: []item{{Name: "one", Next: last}, {Name: "two"}}, Strings: []string{"x", "y"}, Pointer: &item{Name: "p", Next: last}, Any: item{Name: "any"},
		Map: map[string]string{"k": "v"}, inner: inner{"in"},
	}
}

// A construct is a layout. When left is set, one of New and Draw must leave it
// to html/template; else both must know it.
type construct struct {
	src  string
	left bool
}

func constructs() []construct {
	const same, less = false, true
	return []construct{
		{"plain {{/* c */}} text", same}, {"{{.Text}} {{.N}} {{.Small}} {{.HTML}} {{.URL}}", same},
		{`<a title="{{.Text}}" href="{{.Text}}">{{.Text}}</a>`, same}, {`<a href="{{.URL}}?q={{.Text}}">`, same}, {`<a href="/{{.Text}}">`, same},
		{"<title>{{.Text}}</title>", same}, {"<p {{.Attr}}>", same}, {"<p {{.Text}}>", less}, {`<p title="{{.HTML}}">`, less}, {"<title>{{.HTML}}</title>", less},
		{`<script type="application/ld+json">{{.Any}}</script>`, same}, {"<p onclick=\"f({{.Text}})\">", less}, {"<p style=\"color: {{.Text}}\">", less}, {"<p title={{.Text}}>", less},
		{"{{if .Yes}}y{{else}}n{{end}}{{if .No}}y{{else}}n{{end}}{{if .Empty}}y{{else if .N}}z{{end}}", same},
		{"{{if .Nil}}y{{end}}{{if .Pointer}}y{{end}}{{if .None}}y{{end}}{{if .List}}y{{end}}{{if .NilAny}}y{{end}}{{if .Any}}y{{end}}{{if .Map}}y{{end}}{{if .Float}}y{{end}}", same},
		{"{{with .Pointer}}{{.Name}} {{.Next.Name}} {{$.Text}}{{else}}none{{end}}{{with .Nil}}{{.Name}}{{else}}none{{end}}", same},
		{"{{with $x := .Text}}{{$x}}{{.}}{{end}}", same},
		{"{{range .List}}{{.Name}} {{.Upper}} {{with .Next}}{{.Name}}{{end}};{{else}}none{{end}}{{range .None}}x{{else}}none{{end}}", same},
		{"{{range $i, $x := .List}}{{if $i}}, {{end}}{{$x.Name}}{{end}}{{range $x := .Strings}}{{$x}}{{.}}{{end}}", same},
		{"{{range .Map}}{{.}}{{end}}", less}, {"{{range .N}}x{{end}}", less}, {"{{range 3}}x{{end}}", less}, {"{{range .List}}{{break}}{{end}}", less},
		{"{{$a := .N}}{{$a}}{{if .Yes}}{{$a := .Text}}{{$a}}{{end}}{{$a}}{{$a = .Small}}{{$a}}{{range .List}}{{$a = .Name}}{{end}}{{$a}}", same},
		{"{{.Pointer.Upper}} {{(.Pointer.Rename .Text).Name}} {{.Any.Name}} {{.Any.Upper}} {{.Inner}}", same}, {"{{.Any.Rename \"x\"}}", less},
		{`{{.Join "-"}} {{.Join "-" 1 .Text nil}}`, less}, {`{{.Join "-"}} {{.Join "-" 1 .Text true}} {{.Strings | .Join "+"}}`, same},
		{"{{.Fail false}} {{.Fail .No}}", same}, {"{{.Fail true}}", less}, {"{{.Panic}}", less}, {"{{.Missing}}", less}, {"{{.Nil.Name}}", less}, {"{{.NilAny.Name}}", less}, {"{{.Text 3}}", less}, {"{{.Map.k}}", less},
		{`{{eq .Text "x"}}{{ne .N 3}}{{eq .Small 3}}{{eq .Yes true}}{{lt .N 3}}{{gt .Small .N}}{{not .Text}}{{len .List}}`, less}, // writes bools
		{`{{if eq .Text "x"}}1{{end}}{{if ne .N 3}}2{{end}}{{if eq .Small 3}}3{{end}}{{if eq .Yes true}}4{{end}}{{if lt .N 3}}5{{end}}{{if gt .Small .N}}6{{end}}{{if not .Text}}7{{end}}{{len .List}}`, same},
		{`{{if eq .Text 3}}1{{end}}`, less}, {`{{if eq .N 1 2 -7}}1{{end}}`, less}, {"{{if le .N 3}}x{{end}}", less}, {"{{index .List 0}}", less}, {"{{.Text | html}}", less}, {"{{.Float}} {{1.5}} {{'x'}}", less},
		{`{{or .Empty .Text}}{{or .No .Empty "z"}}{{and .Text .N}}{{if and .Nil .Nil.Name}}x{{end}}{{or .Any .Nil.Name | printf "%v"}}`, same},
		{`{{printf "%04d/%02d %s" .N .Small .Text}}{{.N | printf "%d"}}{{printf .Text}}`, same},
		{`{{define "x"}}{{$a := .Name}}{{$a}}{{.Name}}{{with .Next}}{{.Name}}{{$.Name}}{{end}}{{end}}{{$a := 1}}{{template "x" .Pointer}}{{$a}}{{range .List}}{{template "x" .}}{{end}}`, same},
		{`{{define "y"}}{{.}}{{end}}{{define "x"}}{{template "y" .Text}}<a title="{{template "y" $.Text}}">{{range .List}}{{template "y" .Name}}{{end}}{{end}}{{template "x" (.With 3)}}<title>{{template "y" .HTML}}</title>`, less},
		{`{{define "y"}}{{.}}{{end}}{{define "x"}}{{template "y" .Text}}<a title="{{template "y" $.Text}}">{{range .List}}{{template "y" .Name}}{{end}}{{.Any}}{{end}}{{template "x" (.With 3)}}<title>{{template "y" .Text}}</title>`, same},
		{`{{define "x"}}x{{end}}{{template "x"}}`, less}, {`{{define "x"}}{{if .Next}}{{template "x" .Next}}{{end}}{{end}}{{template "x" .Pointer}}`, less},
	}
}

// TestDrawsWhatHTMLTemplateDraws compares the two for everything that this
// package knows of, and for much that it does not.
func TestDrawsWhatHTMLTemplateDraws(t *testing.T) {
	for _, tt := range constructs() {
		set, err := template.New("base").Option("missingkey=error").Parse(tt.src)
		if err != nil {
			t.Fatalf("%s: %v", tt.src, err)
		}
		l, compileErr := New(set, "base")
		var got, want bytes.Buffer
		got.WriteString("before ")
		wantErr := set.Execute(&want, newData())
		drawn := compileErr == nil && l.Draw(&got, newData())
		switch {
		case !drawn && !tt.left:
			t.Errorf("%s\nis left to html/template (%v), which draws %q, %v", tt.src, compileErr, want.String(), wantErr)
		case drawn && tt.left:
			t.Errorf("%s\nis drawn as %q, want it left to html/template", tt.src, got.String())
		case drawn && (wantErr != nil || got.String() != "before "+want.String()):
			t.Errorf("%s\n got %q\nwant %q, %v", tt.src, got.String(), want.String(), wantErr)
		case !drawn && got.String() != "before ":
			t.Errorf("%s\nis left to html/template with %q written", tt.src, got.String())
		}
	}
}

// TestLayoutsDrawAtOnce: goroutines that draw with one layout, and values of
// different types in one place of it, do not disturb each other.
func TestLayoutsDrawAtOnce(t *testing.T) {
	set := template.Must(template.New("base").Parse(`{{range .List}}{{.Upper}}{{end}}{{with .Any}}{{.Name}}{{end}}{{(.Pointer.Rename (.Join "-" 1)).Name}}`))
	l, err := New(set, "base")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 200 {
				d := newData()
				if i%2 == 0 {
					d.Any = &item{Name: "any"}
				}
				var b bytes.Buffer
				if !l.Draw(&b, d) || b.String() != "ONETWOany--" {
					t.Errorf("a page is %q, want ONETWOany--", b.String())
					return
				}
			}
		})
	}
	wg.Wait()
}
