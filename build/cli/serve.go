package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"backfile/build"
	"backfile/build/internal/progress"
	"backfile/build/serve"

	"github.com/spf13/cobra"
)

const servePort = 1414 // the first free port from here on

func newServe(g *globals) *cobra.Command {
	var host string
	var port int
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Build the archive and show it on this machine",
		Example: "  backfile serve\n  backfile serve --port 8000",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o := g.options()
			o.KeepGoing = true
			o.NoSync = true
			bar := progress.New(g.Stderr, "pages")
			o.Progress = func(n int) { bar.Set(n, 0) }
			rep, err := build.Run(c.Context(), o)
			bar.Done()
			if err := g.built(rep, err); err != nil && !errors.Is(err, errQuiet) {
				return err
			}
			dir := g.Out
			if dir == "" {
				dir = filepath.Join(g.Dir, "public")
			}
			return g.serve(c.Context(), dir, host, port)
		},
	}
	c.Flags().StringVarP(&g.Out, "output", "o", "", "where to build (default: public/ in the archive's folder)")
	c.Flags().StringVar(&host, "host", "127.0.0.1", "the address to listen on")
	c.Flags().IntVarP(&port, "port", "p", servePort, "the port, or the first free one after it")
	return c
}

// serve shows dir until ctx ends.
func (g *globals) serve(ctx context.Context, dir, host string, port int) error {
	l, err := serve.Listen(host, port)
	if err != nil {
		return err
	}
	addr := l.Addr().(*net.TCPAddr)
	fmt.Fprintf(g.Stdout, "http://%s/\n", net.JoinHostPort(addr.IP.String(), fmt.Sprint(addr.Port)))
	fmt.Fprintln(g.Stderr, "backfile: serving", dir, "until you press Ctrl-C")
	srv := &http.Server{Handler: serve.Handler(dir), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // its only error is that it was closed already
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return context.Cause(ctx)
}
