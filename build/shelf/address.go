package shelf

import (
	"net/url"
	"slices"
	"strings"
)

// address returns the form of a URL that is the same however a story was
// reached: without scheme, letters' case in the host, fragment and the marks
// of campaigns. What is no address of the web stays as it is.
func address(raw string) string {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return raw
	}
	host := strings.ToLower(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	query := u.RawQuery
	if query != "" {
		parts := strings.Split(query, "&")
		query = strings.Join(slices.DeleteFunc(parts, campaign), "&")
	}
	out := "//" + host + u.EscapedPath()
	if u.Path == "" {
		out += "/"
	}
	if query != "" {
		out += "?" + query
	}
	if strings.HasPrefix(u.Fragment, "!") || strings.HasPrefix(u.Fragment, "/") {
		out += "#" + u.Fragment // the address itself, on pages that scripts draw
	}
	return out
}

// campaign reports whether a part of a query only tells where a reader came
// from.
func campaign(part string) bool {
	name, _, _ := strings.Cut(part, "=")
	return strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "gclid" || name == "yclid" || name == ""
}
