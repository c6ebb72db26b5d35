package pages

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// newRef is the branch of Store that a commit is made on.
const newRef = "refs/backfile/new"

// ref is where Store remembers the last commit that the branch got from here.
// Its name is a digest, as addresses are no names of refs.
func (p *publication) ref() string {
	sum := sha256.Sum256([]byte(p.url + "\x00" + p.Branch))
	return fmt.Sprintf("refs/backfile/at-%x", sum[:8])
}

// openStore makes Store ready. Locks that a killed git left would stop the
// next one; only one backfile works here at a time. A store that git cannot
// read is made anew: all it holds can be made again.
func (p *publication) openStore(ctx context.Context) error {
	err := filepath.WalkDir(p.Store, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isLeftover(d.Name()) {
			return os.Remove(file)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := os.Stat(p.Store); err == nil {
		if _, err := p.git(ctx, "for-each-ref", "--format=%(objecttype)"); err == nil {
			return nil
		} else if ctx.Err() != nil {
			return err
		}
		if err := os.RemoveAll(p.Store); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.Store), 0o755); err != nil {
		return err
	}
	_, err = p.run(ctx, command{args: []string{"init", "--quiet", "--bare", "--template=", p.Store}, env: plainEnv()})
	return err
}

// isLeftover reports whether a file of a store was left by a git that was
// killed.
func isLeftover(name string) bool {
	return strings.HasSuffix(name, ".lock") || strings.HasPrefix(name, "tmp_") || strings.HasPrefix(name, "fast_import_crash_")
}

// fetchMessage returns the message of the branch's last commit, and fetches
// nothing else where the host can send just that.
func (p *publication) fetchMessage(ctx context.Context) (string, error) {
	dir, err := os.MkdirTemp(filepath.Dir(p.Store), "pages-look-*.git")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if _, err := p.run(ctx, command{args: []string{"init", "--quiet", "--bare", "--template=", dir}, env: plainEnv()}); err != nil {
		return "", err
	}
	env := append(append([]string{}, p.env...), "GIT_DIR="+dir)
	if _, err := p.run(ctx, command{args: []string{"fetch", "--quiet", "--depth=1", "--filter=tree:0", "--no-tags", p.url, "refs/heads/" + p.Branch}, env: env}); err != nil {
		return "", err
	}
	return p.run(ctx, command{args: []string{"show", "--no-patch", "--format=%B", p.tip}, env: env})
}

// commit makes the new commit in Store. git fast-import takes the bytes as they
// are: no setting can change line ends, leave files out or run a filter.
func (p *publication) commit(ctx context.Context) error {
	pr, pw := io.Pipe()
	var writeErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := bufio.NewWriterSize(pw, 1<<20)
		writeErr = p.stream(ctx, w)
		if writeErr == nil {
			writeErr = w.Flush()
		}
		pw.CloseWithError(writeErr)
	}()
	_, err := p.run(ctx, command{args: []string{"fast-import", "--quiet", "--force", "--done"}, env: p.env, stdin: pr})
	_ = pr.CloseWithError(io.ErrClosedPipe) // never fails; it lets the writer go
	<-done
	if writeErr != nil && !errors.Is(writeErr, io.ErrClosedPipe) {
		return writeErr
	}
	if err != nil {
		return err
	}
	made, err := p.git(ctx, "rev-parse", "--verify", newRef)
	p.made = strings.TrimSpace(made)
	if err != nil {
		return err
	}
	return p.rebase(ctx)
}

// rebase tells Store that it ends at the commits that were published, which
// are all it has of what came before. It also makes git send only what a host
// lacks: a commit without a parent would else be sent whole.
func (p *publication) rebase(ctx context.Context) error {
	ends, err := p.git(ctx, "for-each-ref", "--format=%(objectname)", "refs/backfile/at-*")
	if err != nil {
		return err
	}
	if p.base != "" && !strings.Contains(ends, p.base) {
		ends += p.base + "\n"
	}
	if ends == "" {
		return p.unbase()
	}
	return os.WriteFile(filepath.Join(p.Store, "shallow"), []byte(ends), 0o644)
}

// unbase lets Store forget where it ends.
func (p *publication) unbase() error {
	err := os.Remove(filepath.Join(p.Store, "shallow"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// stream writes what git fast-import reads.
func (p *publication) stream(ctx context.Context, w *bufio.Writer) error {
	text := message(p.r)
	fmt.Fprintf(w, "commit %s\ncommitter backfile <backfile@localhost> %s\ndata %d\n%s", newRef, now(), len(text), text)
	if p.History && p.base != "" {
		fmt.Fprintf(w, "from %s\n", p.base)
	}
	w.WriteString("deleteall\n")
	for i, f := range p.r.Files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b, err := p.r.Read(f)
		if err != nil {
			return err
		}
		p.put(w, f.Path, b)
		if p.Progress != nil && i%64 == 0 {
			p.Progress(i, len(p.r.Files))
		}
	}
	if !p.r.Has(".nojekyll") {
		p.put(w, ".nojekyll", nil)
	}
	if p.CNAME != "" && !p.r.Has("CNAME") {
		p.put(w, "CNAME", []byte(p.CNAME+"\n"))
	}
	_, err := w.WriteString("done\n")
	return err
}

// put writes one file. Its error shows at the next write that is looked at.
func (p *publication) put(w *bufio.Writer, path string, b []byte) {
	p.files++
	p.bytes += int64(len(b))
	fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n", cquote(path), len(b))
	w.Write(b)
	w.WriteString("\n")
}

// cquote quotes a path as fast-import reads it. Paths of a manifest have no
// control characters.
func cquote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// forget drops the new commit's name, and with it what was never pushed.
func (p *publication) forget(ctx context.Context) error {
	_, err := p.git(ctx, "update-ref", "-d", newRef)
	return err
}

// tidy lets git pack its store when it has grown many packs.
func (p *publication) tidy(ctx context.Context) error {
	_, err := p.git(ctx, "-c", "gc.autoDetach=false", "-c", "gc.pruneExpire=now", "-c", "gc.reflogExpire=now", "gc", "--auto", "--quiet")
	return err
}
