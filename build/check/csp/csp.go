// Package csp reads Content-Security-Policies and says what they allow, as
// far as that can be told by looking at a page (W3C CSP Level 3).
package csp

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strings"
)

// A Policy is a policy that has been read. The nil Policy allows everything.
type Policy struct {
	directives map[string][]string
}

// Parse reads the text of a policy. Of a directive that stands twice the first
// counts.
func Parse(text string) *Policy {
	p := &Policy{map[string][]string{}}
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		name := strings.ToLower(words[0])
		if _, twice := p.directives[name]; !twice {
			p.directives[name] = words[1:]
		}
	}
	return p
}

// fallbacks are the directives that stand in for one that is not there.
var fallbacks = map[string][]string{
	"script-src-elem": {"script-src", "default-src"},
	"script-src-attr": {"script-src", "default-src"},
	"style-src-elem":  {"style-src", "default-src"},
	"style-src-attr":  {"style-src", "default-src"},
	"frame-src":       {"child-src", "default-src"},
	"img-src":         {"default-src"},
	"media-src":       {"default-src"},
	"font-src":        {"default-src"},
	"object-src":      {"default-src"},
	"manifest-src":    {"default-src"},
}

// sources returns what a directive allows, and the name under which the policy
// says so. It has no limits when name is "".
func (p *Policy) sources(directive string) (list []string, name string) {
	if p == nil {
		return nil, ""
	}
	for _, d := range append([]string{directive}, fallbacks[directive]...) {
		if list, ok := p.directives[d]; ok {
			return list, d
		}
	}
	return nil, ""
}

// Self reports whether the page may load from its own site, and else which
// directive forbids it.
func (p *Policy) Self(directive string) (ok bool, name string) {
	list, name := p.sources(directive)
	return name == "" || has(list, "'self'") || has(list, "*"), name
}

// Scheme reports whether the page may load from addresses such as data:.
func (p *Policy) Scheme(directive, scheme string) (ok bool, name string) {
	list, name := p.sources(directive)
	return name == "" || has(list, scheme), name
}

// Inline reports whether the page may hold such a script or style itself.
func (p *Policy) Inline(directive, nonce string, content []byte) (ok bool, name string) {
	list, name := p.sources(directive)
	if name == "" {
		return true, ""
	}
	if nonce != "" && slices.Contains(list, "'nonce-"+nonce+"'") {
		return true, name
	}
	strict := false // a nonce or a digest turns 'unsafe-inline' off
	for _, s := range list {
		strict = strict || strings.HasPrefix(s, "'nonce-") || strings.HasPrefix(s, "'sha")
	}
	if content != nil && strict && slices.ContainsFunc(digests(content), func(d string) bool { return slices.Contains(list, d) }) {
		return true, name
	}
	return !strict && has(list, "'unsafe-inline'"), name
}

// Allows reports whether a directive that has no fallback, such as base-uri or
// form-action, allows the page's own site.
func (p *Policy) Allows(directive string) bool {
	ok, _ := p.Self(directive)
	return ok
}

func digests(b []byte) []string {
	a, c, d := sha256.Sum256(b), sha512.Sum384(b), sha512.Sum512(b)
	e := base64.StdEncoding
	return []string{"'sha256-" + e.EncodeToString(a[:]) + "'", "'sha384-" + e.EncodeToString(c[:]) + "'", "'sha512-" + e.EncodeToString(d[:]) + "'"}
}

func has(list []string, word string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, word) })
}
