package cli

import (
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

// TestMain makes "backfile" a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"backfile": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/*.txtar: one for each command, with the messages
// that a user can meet.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"pack": pack, "exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			program, err := exec.LookPath("backfile") // for scripts that change PATH
			e.Setenv("BACKFILE", program)
			return err
		},
		Condition: func(cond string) (bool, error) {
			return cond == "root" && os.Getuid() == 0, nil
		},
	})
}

// exits runs a program that must end with a status: "exits 13 backfile …".
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want := args[0]; strconv.Itoa(got) != want {
		ts.Fatalf("%s ended with status %d, want %s", strings.Join(args[1:], " "), got, want)
	}
}

// TestEveryCommandHasAnExample: a command's help shows how it is used.
func TestEveryCommandHasAnExample(t *testing.T) {
	root := newRoot(&globals{})
	for _, c := range root.Commands() {
		if c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		if c.Short == "" {
			t.Errorf("%s has no line that says what it does", c.CommandPath())
		}
		if c.HasSubCommands() {
			for _, sub := range c.Commands() {
				if sub.Example == "" {
					t.Errorf("%s has no example", sub.CommandPath())
				}
			}
			continue
		}
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
	}
}

// TestServeShowsTheArchiveAndEndsOnInterrupt starts the real program.
func TestServeShowsTheArchiveAndEndsOnInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no interrupts between processes")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"site.yaml":                 "title: The Test Courier\n",
		"content/2020/01/02/a.md":   "---\ntitle: A story\n---\nText.\n",
		"content/2020/01/02/bad.md": "---\ntitle: x\ndate: never\n---\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "backfile") // testscript tells commands by name
	if err := os.Symlink(exe, link); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	cmd := exec.CommandContext(t.Context(), link, "serve", "-C", dir, "--port", port)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	buf := make([]byte, 4096)
	for !strings.Contains(address, "http://") || !strings.HasSuffix(address, "\n") {
		n, err := out.Read(buf)
		if err != nil {
			t.Fatalf("serve ended without an address: %q, %v", address, err)
		}
		address += string(buf[:n])
	}
	address = strings.TrimSpace(address[strings.Index(address, "http://"):])
	if strings.Contains(address, ":"+port+"/") {
		t.Errorf("serve says %s, whose port was taken", address)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(address + "2020/01/02/a.html")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the article answers %s", resp.Status)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("after an interrupt serve ends with status %d, want 130", code)
	}
}
