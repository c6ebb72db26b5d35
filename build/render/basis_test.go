package render

import (
	"testing"

	"backfile/build/article"
)

// TestArticleWithoutAddressIsBasedOnTheBytesOfItsCapture: the digest is the
// example of RFC 6920, section 8.1.
func TestArticleWithoutAddressIsBasedOnTheBytesOfItsCapture(t *testing.T) {
	const sum = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
	tests := []struct {
		source article.Source
		want   string
	}{
		{article.Source{SHA256: sum}, "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"},
		{article.Source{SHA256: sum, URL: "https://example.org/a"}, "https://example.org/a"},
		{article.Source{SHA256: "none"}, ""},
		{article.Source{}, ""},
	}
	for _, tt := range tests {
		if got := basis(tt.source); got != tt.want {
			t.Errorf("basis(%+v) = %q, want %q", tt.source, got, tt.want)
		}
	}
}
