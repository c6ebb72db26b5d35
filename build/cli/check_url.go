package cli

import (
	"context"

	"backfile/build/check"
	"backfile/build/check/remote"
	"backfile/build/internal/progress"
)

// fetchers is how many files of a site elsewhere are fetched at once.
const fetchers = 8

// checkURL checks the archive at an address.
func (g *globals) checkURL(ctx context.Context, address string, f checkFlags, o check.Options) error {
	bar := progress.New(g.Stderr, "reading the manifest of "+address)
	bar.Start()
	site, files, err := remote.Open(ctx, address, nil)
	bar.Done()
	if err != nil {
		return err
	}
	for _, x := range files {
		o.Files = append(o.Files, check.File{Path: x.Path, Size: x.Size})
	}
	o.Workers = fetchers
	return g.runCheck(ctx, checked{shown: site.Base(), root: site.Base(), fsys: site}, f, o)
}
