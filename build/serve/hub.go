package serve

import (
	_ "embed" // the script
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"backfile/build/internal/diag"
)

//go:embed preview.js
var script string

// ownFile answers with the script.
func ownFile(w http.ResponseWriter, r *http.Request, name string) {
	if name != "preview.js" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", types[".js"])
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(script))
}

// A State is what the last build found.
type State struct {
	Problems diag.List // that readers of the preview should see
	// Held means that public/ is as it was before the problems.
	Held bool
	// Err is what stopped a build other than a problem in a file.
	Err error
	// Follow is the page below public/ to go to, or "".
	Follow string
}

const maxShown = 20 // problems told one by one

// A message is a State as the script reads it.
type message struct {
	Problems []problem `json:"problems"`
	More     int       `json:"more"` // problems that are not told
	Held     bool      `json:"held"`
	Follow   string    `json:"follow,omitempty"`
}

type problem struct {
	Place   string `json:"place"`
	Msg     string `json:"msg"`
	Help    string `json:"help"`
	Excerpt string `json:"excerpt"`
}

func (s State) message() message {
	m := message{Problems: []problem{}, Held: s.Held, Follow: s.Follow}
	if s.Err != nil {
		m.Problems = append(m.Problems, problem{Msg: s.Err.Error()})
	}
	for i, p := range s.Problems {
		if i == maxShown {
			m.More = len(s.Problems) - i
			break
		}
		m.Problems = append(m.Problems, problem{place(p), p.Msg, p.Help, p.Excerpt})
	}
	return m
}

// place is file:line:column, as far as it is known.
func place(p *diag.Problem) string {
	s := p.File
	for _, n := range []int{p.Line, p.Col} {
		if n == 0 {
			break
		}
		s += fmt.Sprint(":", n)
	}
	return s
}

// Tell lets every open page know how things are. The pages look whether they
// have changed.
func (s *Server) Tell(state State) { s.hub.tell(state) }

// A hub sends States to the pages that are open.
type hub struct {
	mu    sync.Mutex
	last  []byte // what a page is told that comes to listen
	pages map[chan []byte]bool
}

func newHub() *hub {
	return &hub{last: encode(State{}.message()), pages: map[chan []byte]bool{}}
}

func encode(m message) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // our own type can always be encoded
	}
	return b
}

func (h *hub) tell(s State) {
	m := s.message()
	now := encode(m)
	m.Follow = "" // a page that comes later has gone where it wants to be
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = encode(m)
	for page := range h.pages {
		select {
		case <-page: // told anew before it has heard
		default:
		}
		page <- now
	}
}

// join adds a page; the first thing it is told is how things are.
func (h *hub) join() chan []byte {
	page := make(chan []byte, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages[page] = true
	page <- h.last
	return page
}

func (h *hub) leave(page chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// alive is how often a page that hears nothing else hears that the server is
// there. A connection that has died is noticed by it.
const alive = 30 * time.Second

// serve tells one page, until it goes away.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	out := http.NewResponseController(w)
	page := h.join()
	defer h.leave(page)
	text := "retry: 300\n\n" // milliseconds until it asks again for a server that has gone
	for {
		if _, err := w.Write([]byte(text)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case m := <-page:
			text = "data: " + string(m) + "\n\n"
		case <-time.After(alive):
			text = ":\n\n"
		}
	}
}
