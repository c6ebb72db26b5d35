package check

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"backfile/build/internal/digest"
	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/mirror"
	"backfile/build/mirror/fault"
	"backfile/build/mirror/part"
	"backfile/build/mirror/source"
)

// web looks at files of a copy on the web. It sees what it asks for: files that
// are there and not listed it cannot find.
func (r *Report) web(ctx context.Context, s source.Source, o Options) error {
	list, err := mirror.ReadList(ctx, s, r.Head, o.Source.Jobs)
	if err != nil {
		return err
	}
	if err := manifest.Portable(list); err != nil {
		r.Findings = append(r.Findings, err)
	}
	if list, err = r.webPart(ctx, s, list, o); err != nil {
		return err
	}
	r.count(list)
	if o.Sample > 0 && o.Sample < len(list) {
		list = slices.Clone(list)
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		list = list[:o.Sample]
	}
	var mu sync.Mutex
	jobs := o.Source.Jobs
	if jobs == 0 {
		jobs = 8
	}
	unreachable := 0
	err = par.Each(ctx, jobs, slices.Values(list), func(f manifest.File) error {
		err := lookTwice(ctx, s, f, o)
		mu.Lock()
		defer mu.Unlock()
		r.Looked++
		if o.Progress != nil {
			o.Progress(r.Looked, len(list))
		}
		if err == nil || ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, ok := errors.AsType[manifest.Finding](err); !ok {
			if unreachable++; unreachable > 20 {
				return &fault.Fault{Kind: fault.Unreachable, Err: err}
			}
		}
		r.Findings = append(r.Findings, err)
		return nil
	})
	slices.SortFunc(r.Findings, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return err
}

// webPart returns the files that a copy of a part should have.
func (r *Report) webPart(ctx context.Context, s source.Source, list []manifest.File, o Options) ([]manifest.File, error) {
	text, _, err := source.Read(ctx, s, source.Request{Path: manifest.PartPath, Limit: part.MaxFile})
	if errors.Is(err, source.ErrNotFound) {
		return list, nil
	}
	if err != nil {
		return nil, &fault.Fault{Kind: fault.Unreachable, Err: err}
	}
	if r.Part, err = part.ParseFile(text); err != nil {
		return nil, fault.New(fault.Incomplete, "%s: %s: %w", r.Name, manifest.PartPath, err)
	}
	sel := part.Select(r.Part, list)
	for pages := sel.Pending(); len(pages) > 0; pages = sel.Pending() {
		if o.Sample > 0 && len(pages) > o.Sample { // enough to know some files of the part
			pages = pages[:o.Sample]
		}
		for _, f := range pages {
			if text, _, err := source.Read(ctx, s, source.Request{Path: f.Path, Limit: f.Size}); err == nil && sumIs(text, f) {
				sel.Look(f.Path, text)
			}
		}
	}
	return sel.Files(), nil
}

// lookTwice looks at a file, and again past all caches when it is wrong.
func lookTwice(ctx context.Context, s source.Source, f manifest.File, o Options) error {
	err := look(ctx, s, source.Request{Path: f.Path, Limit: f.Size}, f)
	if err == nil || o.Source.Browser {
		return err
	}
	return look(ctx, s, source.Request{Path: f.Path, Limit: f.Size, Fresh: true}, f)
}

// look compares a file of the web with the list.
func look(ctx context.Context, s source.Source, r source.Request, f manifest.File) error {
	reply, err := s.Open(ctx, r)
	if errors.Is(err, source.ErrNotFound) {
		return manifest.Finding{Path: f.Path, Kind: manifest.Missing}
	}
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	h := sha256.New()
	n, err := io.Copy(h, reply.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	got := manifest.File{Path: f.Path, Size: n, Sum: digest.Sum(h.Sum(nil))}
	if got != f {
		return manifest.Finding{Path: f.Path, Kind: manifest.Altered, Want: f, Got: got}
	}
	if strings.HasSuffix(f.Path, ".html") && !strings.HasPrefix(reply.Type, "text/html") {
		return fmt.Errorf("%s is right, and sent as %q: browsers will not show it as a page", f.Path, reply.Type)
	}
	return nil
}
