package mhtml

import (
	"fmt"
	"strings"
	"testing"
)

const saved = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://dale.example/a\r\nDate: Mon, 1 Jan 2024 12:00:00 -0000\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/related;\r\n\ttype=\"text/html\"; boundary=\"x-y\"\r\n\r\n\r\n--x-y\r\n"

func TestThePageIsFound(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"quoted-printable", saved + "Content-Type: text/html; charset=windows-1251\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://dale.example/b\r\n\r\n<p>a=\r\nb=3D</p>\r\n--x-y--\r\n",
			`"https://dale.example/a" "Mon, 1 Jan 2024 12:00:00 -0000" "windows-1251" "<p>ab=</p>" false`},
		{"base64, behind a picture", saved + "Content-Type: image/png\r\n\r\nx\r\n--x-y\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+\r\neA==\r\n--x-y--\r\n",
			`"https://dale.example/a" "Mon, 1 Jan 2024 12:00:00 -0000" "" "<p>x" false`},
		{"parts in parts", strings.Replace(saved, "Snapshot-", "X-", 1) + "Content-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\nContent-Type: text/plain\r\n\r\nx\r\n--z\r\nContent-Type: text/html\r\nContent-Location: cid:1\r\n\r\n<p>y\r\n--z--\r\n--x-y--\r\n",
			`"" "Mon, 1 Jan 2024 12:00:00 -0000" "" "<p>y" false`},
		{"one part", "Content-Type: text/html\nContent-Location: https://dale.example/c\n\n<p>x", `"https://dale.example/c" "" "" "<p>x" false`},
		{"cut", saved + "Content-Type: text/html\r\n\r\n<p>x", `"https://dale.example/a" "Mon, 1 Jan 2024 12:00:00 -0000" "" "<p>x" true`},
		{"no page", saved + "Content-Type: image/png\r\n\r\nx\r\n--x-y--\r\n", "holds no page"},
		{"no headers", "no", "its headers cannot be read: malformed header line: no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Read([]byte(tt.src))
			got := fmt.Sprintf("%q %q %q %q %t", p.URL, p.Date, p.Charset, p.Body, p.Cut)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("Read(%q)\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// FuzzRead: whatever comes, nothing breaks.
func FuzzRead(f *testing.F) {
	f.Add([]byte(saved + "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=3\r\n--x-y--"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\n--a--"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if p, err := Read(src); err == nil && len(p.Body) == 0 {
			t.Errorf("Read(%q) found a page without bytes", src)
		}
	})
}
