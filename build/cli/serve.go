package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"backfile/build/serve"
	"backfile/build/watch"

	"github.com/spf13/cobra"
)

const servePort = 1414 // the first free port from here on

// serveFlags are the flags of serve.
type serveFlags struct {
	host, path              string
	port                    int
	open, lan, poll, follow bool
}

func newServe(g *globals) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Preview the archive on this machine, and keep it up to date",
		Long: `Serve builds the archive, shows it on this machine as GitHub Pages would, and
builds again when a file of content/, layouts/ or static/, or site.yaml, is
saved. Pages that are open in a browser reload by themselves. A problem in a file is
shown over the page, which stays as it was until the problem is mended.`,
		Example: "  backfile serve --open\n  backfile serve --port 8000 --follow\n  backfile serve --path /Terminus/     # as on a project's GitHub Pages",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			return g.serve(c.Context(), f)
		},
	}
	c.Flags().StringVarP(&g.Out, "output", "o", "", "where to build (default: public/ in the archive's folder)")
	c.Flags().StringVar(&f.host, "host", "127.0.0.1", "the address to listen on")
	c.Flags().IntVarP(&f.port, "port", "p", servePort, "the port, or the first free one after it")
	c.Flags().StringVar(&f.path, "path", "/", "where the archive stands on the server, such as /Terminus/")
	c.Flags().BoolVar(&f.open, "open", false, "open the archive in the browser")
	c.Flags().BoolVar(&f.lan, "lan", false, "let other machines of the network see it")
	c.Flags().BoolVar(&f.poll, "poll", false, "look at all files every second, as network drives need it")
	c.Flags().BoolVar(&f.follow, "follow", false, "let open pages go to the article that was edited")
	return c
}

// check finds mistakes of usage.
func (f *serveFlags) check(c *cobra.Command) error {
	if f.port < 0 || f.port > 65535 {
		return &usageError{fmt.Sprintf("--port %d: a port is a number from 0 to 65535", f.port), "with 0 the system chooses one"}
	}
	if f.lan && c.Flags().Changed("host") {
		return &usageError{"--lan and --host exclude each other", "--lan listens on all addresses of this machine"}
	}
	if f.lan {
		f.host = ""
	}
	clean := "/" + strings.Trim(f.path, "/")
	if path.Clean(clean) != clean || strings.ContainsAny(f.path, `\?#%`) || clean == "/_backfile" {
		return &usageError{fmt.Sprintf("--path %s is not a path", f.path), "write it as /Terminus/"}
	}
	return nil
}

// serve shows the archive until ctx ends.
func (g *globals) serve(ctx context.Context, f serveFlags) error {
	p := newPreview(g, f.follow)
	dir := g.Out
	if dir == "" {
		dir = filepath.Join(g.Dir, "public")
	}
	root, err := filepath.Abs(g.Dir)
	if err != nil {
		return err
	}
	// The watch comes first, so that what is saved during the first build is
	// seen.
	p.watch = watch.New(watch.Options{Dir: root, Names: watched(), Poll: f.poll, Fallback: func(why error) {
		fmt.Fprintf(g.Stderr, "backfile: files are looked at now and then, not watched: %v\n", why)
	}})
	defer p.watch.Close()
	if err := p.first(ctx); err != nil {
		return err
	}
	p.server = serve.New(serve.Options{Dir: dir, Path: f.path, Names: f.names(), Page: p.session.Page})
	p.server.Tell(p.state)
	l, err := serve.Listen(f.host, f.port)
	if err != nil {
		return err
	}
	p.announce(l.Addr().(*net.TCPAddr), f)
	fmt.Fprintln(g.Stderr, "backfile: serving", dir, "until you press Ctrl-C")
	return p.run(ctx, l)
}

// watched are the names in a site that a build reads.
func watched() []string { return []string{"site.yaml", "content", "layouts", "static", "releases"} }

// names are what requests may call this machine: its own name only when other
// machines are let in.
func (f *serveFlags) names() []string {
	var names []string
	if f.host != "" {
		names = append(names, strings.ToLower(f.host))
	}
	if own, err := os.Hostname(); err == nil && f.lan {
		own = strings.ToLower(own)
		names = append(names, own, own+".local")
	}
	return names
}

// run serves and builds until ctx ends.
func (p *preview) run(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	srv := &http.Server{Handler: p.server, ReadHeaderTimeout: 10 * time.Second}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			cancel(err)
		}
	})
	wg.Go(p.session.Learn)
	wg.Go(func() { serve.Keep(ctx, p.stale, p.pause, p.publish) })
	// What has been edited is taken in whole: it takes no longer than to stop.
	serve.Keep(ctx, p.watch.Wake(), serve.Quiet, func(context.Context) { p.refresh(ctx) })
	_ = srv.Close() // its only error is that it was closed already
	wg.Wait()
	return context.Cause(ctx)
}

// announce says where the archive is to be seen.
func (p *preview) announce(addr *net.TCPAddr, f serveFlags) {
	site := "/" + strings.TrimPrefix(strings.Trim(f.path, "/")+"/", "/")
	url := func(ip net.IP) string { return "http://" + net.JoinHostPort(ip.String(), fmt.Sprint(addr.Port)) + site }
	here := addr.IP
	if here.IsUnspecified() {
		here = net.IPv4(127, 0, 0, 1)
	}
	list := []string{url(here)}
	if addr.IP.IsUnspecified() {
		for _, ip := range serve.Addresses() {
			list = append(list, url(ip))
		}
	}
	for _, u := range list {
		if p.JSON {
			p.printJSON(line{"type": "serve", "url": u})
		} else {
			fmt.Fprintln(p.Stdout, u)
		}
	}
	if !addr.IP.IsLoopback() {
		fmt.Fprintln(p.Stderr, "backfile: warning: everyone in your network can read the archive as it is here, unpublished articles too")
	}
	if f.open {
		if err := openBrowser(list[0]); err != nil {
			fmt.Fprintf(p.Stderr, "backfile: no browser could be opened: %v\n", err)
		}
	}
}
