package serve

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// Listen opens the first free port from port on, trying a hundred.
func Listen(host string, port int) (net.Listener, error) {
	var first error
	for p := port; p < port+100 && p < 1<<16; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err == nil {
			return l, nil
		}
		if first == nil {
			first = err
		}
		if port == 0 || !taken(err) {
			break
		}
	}
	return nil, fmt.Errorf("listening on %s: %w", net.JoinHostPort(host, strconv.Itoa(port)), first)
}

// taken reports whether a port is another's. Windows has a number of its own
// for that.
func taken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.Errno(10048)) || strings.Contains(err.Error(), "in use")
}

// Addresses returns the addresses of this machine in its networks, by which
// others can reach it.
func Addresses() []net.IP {
	var out []net.IP
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && n.IP.To4() != nil {
			out = append(out, n.IP)
		}
	}
	return out
}
