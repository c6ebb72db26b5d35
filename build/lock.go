package build

import (
	"context"
	"path/filepath"
)

// Lock waits until no build runs in the site in dir and keeps builds out until
// unlock is called, so that public/ stays what it is while it is published.
func Lock(ctx context.Context, dir string) (unlock func(), err error) {
	return lock(ctx, filepath.Join(dir, ".backfile"))
}
