package csp

import "testing"

func TestPolicy(t *testing.T) {
	const digest = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='" // of alert(1)
	tests := []struct {
		policy, nonce string
		script, style bool // in the page
		image         bool // from the same site
	}{
		{"", "", true, true, true},
		{"default-src 'none'", "", false, false, false},
		{"default-src 'self'", "", false, false, true},
		{"default-src 'self'; script-src 'unsafe-inline'", "", true, false, true},
		{"script-src 'unsafe-inline' 'nonce-abc'", "", false, true, true},
		{"script-src 'nonce-abc'", "abc", true, true, true},
		{"script-src " + digest, "", true, true, true},
		{"SCRIPT-SRC 'SELF'; script-src 'unsafe-inline'; img-src *", "", false, true, true},
		{"style-src-elem 'unsafe-inline'; style-src 'none'", "", true, true, true},
	}
	for _, tt := range tests {
		p := Parse(tt.policy)
		script, _ := p.Inline("script-src-elem", tt.nonce, []byte("alert(1)"))
		style, _ := p.Inline("style-src-elem", "", []byte("p{}"))
		image, _ := p.Self("img-src")
		if script != tt.script || style != tt.style || image != tt.image {
			t.Errorf("%q allows script %t, style %t, image %t; want %t, %t, %t", tt.policy, script, style, image, tt.script, tt.style, tt.image)
		}
	}
	var none *Policy
	if ok, _ := none.Inline("script-src-elem", "", nil); !ok {
		t.Error("no policy forbids a script")
	}
}
