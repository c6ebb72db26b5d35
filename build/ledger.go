package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"unsafe"

	"backfile/build/content"
	"backfile/build/internal/digest"
	"backfile/build/internal/wire"
	"backfile/build/publish"
)

// A ledger is what the last build read and wrote. It lives in .backfile/ and
// may be deleted at any time; the next build then takes longer and gives the
// same bytes. A ledger of another program or a damaged one is not used.
type ledger struct {
	dir     string // .backfile
	program digest.Sum
	out     string // public/, absolute: each output folder has stamps of its own

	kept    bool              // content and static have been set by remember
	content []*content.Record // sorted by path
	static  []*content.Record
	files   []publish.File
	inputs  digest.Sum // of all that files were drawn from
	done    Report     // what the build said that wrote them
}

// newLedger is the ledger of the site in dir for the output folder out. Its
// two parts are read when they are asked for.
func newLedger(dir, out string, program digest.Sum) *ledger {
	return &ledger{dir: filepath.Join(dir, ".backfile"), program: program, out: out}
}

// remember takes what the last build read from memory. It is newer than what is
// on disk.
func (l *ledger) remember(content, static []*content.Record) {
	l.kept, l.content, l.static = true, content, static
}

// readContent reads what the last build read.
func (l *ledger) readContent() {
	if l.kept {
		return
	}
	r, ok := l.load("content")
	if !ok {
		return
	}
	l.content, l.static = readRecords(r), readRecords(r)
	if r.Err != nil {
		l.content, l.static = nil, nil
	}
}

// readOut reads what the last build wrote.
func (l *ledger) readOut() {
	r, ok := l.load(l.outName())
	if !ok {
		return
	}
	l.inputs = readSum(r)
	l.done = readReport(r)
	l.files = readFiles(r)
	if r.Err != nil {
		l.files, l.inputs = nil, digest.Sum{}
	}
}

// outName is the file that holds the stamps of l.out.
func (l *ledger) outName() string {
	sum := sha256.Sum256([]byte(l.out))
	return "public-" + hex.EncodeToString(sum[:4])
}

// saveContent remembers what was read, if any of it was new.
func (l *ledger) saveContent(c, s []*content.Record) error {
	return l.save("content", func(w *wire.Writer) {
		writeRecords(w, c)
		writeRecords(w, s)
	})
}

// saveOut remembers what was written.
func (l *ledger) saveOut(inputs digest.Sum, rep Report, files iter.Seq[publish.File]) error {
	return l.save(l.outName(), func(w *wire.Writer) {
		w.Raw(inputs[:])
		writeReport(w, rep)
		writeFiles(w, rep.Files, files)
	})
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header begins a ledger file: who wrote it, and a check of the rest.
func (l *ledger) header(check uint32) []byte {
	return fmt.Appendf(nil, "backfile ledger 1 %x %08x\n", l.program[:8], check)
}

// save replaces a ledger file whole.
func (l *ledger) save(name string, write func(*wire.Writer)) error {
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return err
	}
	ignore := filepath.Join(l.dir, ".gitignore")
	if _, err := os.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(l.dir, name+"-*.tmp")
	if err != nil {
		return err
	}
	check := crc32.New(castagnoli)
	_, err1 := f.Write(l.header(0))
	w := &wire.Writer{To: io.MultiWriter(f, check)}
	write(w)
	err2 := w.Close()
	_, err3 := f.WriteAt(l.header(check.Sum32()), 0)
	if err := errors.Join(err1, err2, err3, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), filepath.Join(l.dir, name))
}

// load reads a ledger file; ok is false when there is none that can be used.
func (l *ledger) load(name string) (r *wire.Reader, ok bool) {
	b, err := os.ReadFile(filepath.Join(l.dir, name))
	size := len(l.header(0))
	if err != nil || len(b) < size || string(b[:size]) != string(l.header(crc32.Checksum(b[size:], castagnoli))) {
		return nil, false
	}
	body := b[size:]
	// The bytes are never changed from here on, so they can serve as a string.
	return &wire.Reader{S: unsafe.String(unsafe.SliceData(body), len(body))}, true
}

// saveContent writes what the ledger remembers of content/ and static/, when
// some of it is new. It is true whether or not the build ends well.
func (b *builder) saveContent() error {
	if !b.ledger.kept && b.content.Read+b.static.Read == 0 && len(b.ledger.content) == len(b.content.Records) && len(b.ledger.static) == len(b.static.Records) {
		return nil
	}
	return b.ledger.saveContent(b.content.Records, b.static.Records)
}

// save writes the rest of the ledger. It only saves time, so a site that
// cannot be written to is still built.
func (b *builder) save(rep Report, contentErr error) error {
	inputs := b.inputs
	if b.doubtful {
		inputs = digest.Sum{}
	}
	var outErr error
	if rep.Written+rep.Removed > 0 || inputs != b.ledger.inputs {
		outErr = b.ledger.saveOut(inputs, rep, b.out.Files())
	}
	if err := errors.Join(contentErr, outErr); err != nil && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}
