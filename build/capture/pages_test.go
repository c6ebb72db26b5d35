package capture

import "testing"

func TestAddressesOfHomePagesAndLists(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example": "home", "https://a.example/": "home", "https://a.example/index.html": "home", "https://a.example/?p=12": "", "https://a.example/%zz": "",
		"https://a.example/tag/river": "list", "https://a.example/news/page/7/": "list", "https://a.example/author/ann-lee": "list", "https://a.example/archive": "list",
		"https://a.example/2024/01/02/the-author": "", "https://a.example/page/one-page-of-history": "", "https://a.example/authors-meet": "", "https://a.example/topics/river/2024/flood": "",
	} {
		got := ""
		switch {
		case home(address):
			got = "home"
		case listing(address):
			got = "list"
		}
		if got != want {
			t.Errorf("%s is taken for %q, want %q", address, got, want)
		}
	}
}
