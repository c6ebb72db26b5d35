package compiled

import (
	"bytes"
	"html/template"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
)

// A writer writes a value as it must be written where it stands.
type writer func(*bytes.Buffer, reflect.Value)

// escapers is how the names of html/template's own functions begin, which it
// puts at the end of a pipeline.
const escapers = "_html_template_"

// samples are places in a page, for each of which html/template has its own
// chain of functions. A value of a rarer place is written by html/template
// itself, as part of such a sample.
var samples = [...]string{
	`<a href="{{.}}">`, `<a href="/{{.}}">`, `<a href="/?q={{.}}">`, `<meta http-equiv="refresh" content="0; url={{.}}">`,
	`<script type="application/ld+json">{{.}}</script>`,
}

// escaper takes html/template's functions off the end of a pipeline, and
// returns what does their work.
func escaper(cmds []*parse.CommandNode) ([]*parse.CommandNode, writer, error) {
	var chain []string
	for len(cmds) > 0 {
		last := cmds[len(cmds)-1]
		id, ok := last.Args[0].(*parse.IdentifierNode)
		if !ok || len(last.Args) > 1 || !strings.HasPrefix(id.Ident, escapers) {
			break
		}
		chain = append([]string{strings.TrimPrefix(id.Ident, escapers)}, chain...)
		cmds = cmds[:len(cmds)-1]
	}
	if len(cmds) == 0 {
		return nil, nil, ErrUnknown
	}
	switch name := strings.Join(chain, " "); name {
	case "htmlescaper":
		return cmds, writeText, nil
	case "attrescaper", "rcdataescaper":
		return cmds, writeValue, nil
	case "htmlnamefilter":
		return cmds, writeAttr, nil
	default:
		w, err := bySample(chain)
		return cmds, w, err
	}
}

// writeText writes a value between tags.
func writeText(b *bytes.Buffer, v reflect.Value) {
	if v.IsValid() && v.Type() == reflect.TypeFor[template.HTML]() {
		b.WriteString(v.String())
		return
	}
	writeValue(b, v)
}

// writeValue writes a plain value in an attribute or a title.
func writeValue(b *bytes.Buffer, v reflect.Value) {
	v = indirect(v)
	if !v.IsValid() {
		panic(giveUp{})
	}
	switch v.Type() {
	case reflect.TypeFor[string](), reflect.TypeFor[template.URL]():
		escape(b, v.String())
	case reflect.TypeFor[int](), reflect.TypeFor[int16]():
		escape(b, strconv.FormatInt(v.Int(), 10))
	default:
		panic(giveUp{})
	}
}

// writeAttr writes attributes that are known to be safe.
func writeAttr(b *bytes.Buffer, v reflect.Value) {
	if !v.IsValid() || v.Type() != reflect.TypeFor[template.HTMLAttr]() {
		panic(giveUp{})
	}
	b.WriteString(v.String())
}

// escape writes s as html/template does in text and in quoted attributes.
func escape(b *bytes.Buffer, s string) {
	done := 0 // s[:done] is written
	for i := range len(s) {
		var ref string
		switch s[i] {
		case 0:
			ref = "\uFFFD"
		case '"':
			ref = "&#34;"
		case '&':
			ref = "&amp;"
		case '\'':
			ref = "&#39;"
		case '+':
			ref = "&#43;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		default:
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(ref)
		done = i + 1
	}
	b.WriteString(s[done:])
}

// bySample returns a writer that lets html/template write the value in the
// sample that has the same chain of functions.
func bySample(chain []string) (writer, error) {
	for _, text := range samples {
		t, err := template.New("sample").Parse(text)
		if err != nil {
			return nil, err
		}
		if err := t.Execute(new(bytes.Buffer), ""); err != nil {
			return nil, err
		}
		for _, n := range t.Tree.Root.Nodes {
			if a, ok := n.(*parse.ActionNode); ok && a.Pipe.String() == ". | "+escapers+strings.Join(chain, " | "+escapers) {
				before, after, _ := strings.Cut(text, "{{.}}")
				return func(b *bytes.Buffer, v reflect.Value) { writeSample(b, t, v, len(before), len(after)) }, nil
			}
		}
	}
	return nil, ErrUnknown
}

// writeSample writes what t makes of v, without what stands before and after.
func writeSample(b *bytes.Buffer, t *template.Template, v reflect.Value, before, after int) {
	if !v.IsValid() {
		panic(giveUp{})
	}
	var out bytes.Buffer
	if err := t.Execute(&out, v.Interface()); err != nil {
		panic(giveUp{})
	}
	b.Write(out.Bytes()[before : out.Len()-after])
}
