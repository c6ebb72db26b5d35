package article

import "testing"

func TestDateOrder(t *testing.T) {
	const captured = "source: {captured: 2024-05-06T07:08:09Z}\n"
	tests := []struct{ name, front, want string }{
		{"content/2020/01/02/2021-03-04-a.md", "date: 2022-05-06\npath: 2019/08/09/x\n" + captured, "2022-05-06"},
		{"content/2020/01/02/2021-03-04-a.md", "path: 2019/08/09/x\n" + captured, "2021-03-04"},
		{"content/2020/01/02/a.md", "path: 2019/08/09/x\n" + captured, "2020-01-02"},
		{"content/a.md", "path: 2019/08/09/x\n" + captured, "2019-08-09"},
		{"content/a.md", captured, "~2024-05-06T07:08:09Z"},
		{"content/a.md", "", ""},
		{"content/2020/01/02/a.md", "date: null\n", "2020-01-02"},
		{"content/2020/01/02/a.md", "date: ''\n", "2020-01-02"},
		{"content/2023/2/a.md", "date: 21\n", "2023-02-21"},
		{"content/2023/2/a.md", "date: 3\n", "2023-02-03"},
		{"content/1066/3/a.md", "date: 23\n", "1066-03-23"},
		{"content/2023/2/07/a.md", "date: 21\n", "2023-02-21"},
		{"content/2023/2/a.md", "date: 2021\n", "2021"},
	}
	for _, tt := range tests {
		a := parse(t, tt.name, "---\ntitle: x\n"+tt.front+"---\n")
		got := a.Date.String()
		if a.Date.Approx {
			got = "~" + got
		}
		if got != tt.want {
			t.Errorf("%s with %q is dated %q, want %q", tt.name, tt.front, got, tt.want)
		}
	}
}

func TestNameDate(t *testing.T) {
	tests := []struct{ name, date, rest string }{
		{"content/2023-12-31-slug.md", "2023-12-31", "slug"},
		{"content/2023-12-31_slug.md", "2023-12-31", "slug"},
		{"content/2023_12_31_slug.md", "2023-12-31", "slug"},
		{"content/2023-1-2-slug.md", "2023-01-02", "slug"},
		{"content/20231231-slug.md", "2023-12-31", "slug"},
		{"content/2023-12-31.md", "2023-12-31", "2023-12-31"},
		{"content/2023-12-31-1804-slug.md", "2023-12-31T18:04:00", "slug"},
		{"content/2023-12-31T1804-slug.md", "2023-12-31T18:04:00", "slug"},
		{"content/2019-05-15-2019-summit.md", "2019-05-15", "2019-summit"},
		{"content/2019-05-15-9000-jobs.md", "2019-05-15", "9000-jobs"},
		{"content/2019-05-15-5G.md", "2019-05-15", "5G"},
		{"content/2023-12-31-slug/index.md", "2023-12-31", "slug"},
		{"content/2023-12-31-slug/part-two.md", "2023-12-31", "part-two"},
		{"content/2023/12/31/slug.md", "2023-12-31", "slug"},
		{"content/news/2023/12/slug.md", "2023-12", "slug"},
		{"content/2023/2/slug/index.md", "2023-02", "slug"},
		{"content/2019/slug.md", "2019", "slug"},
		{"content/2019/elections/slug.md", "2019", "slug"},
		{"content/2019/2020/01/slug.md", "2020-01", "slug"},
		{"content/2023/13/slug.md", "2023", "slug"},
		{"content/2023/02/30/slug.md", "2023-02", "slug"},
		{"content/2023-02-30-slug.md", "", "2023-02-30-slug"},
		{"content/198-04-06-slug.md", "", "198-04-06-slug"},
		{"content/9999/slug.md", "", "slug"},
		{"content/1066/slug.md", "", "slug"},
		{"content/1066/3/slug.md", "1066-03", "slug"},
		{"content/20231231x/slug.md", "", "slug"},
		{"content/2023-12-31x.md", "", "2023-12-31x"},
		{"content/a/slug.md", "", "slug"},
		{"slug.md", "", "slug"},
		{"index.md", "", "index"},
		{"", "", ""},
	}
	for _, tt := range tests {
		d, rest := NameDate(tt.name)
		if d.String() != tt.date || rest != tt.rest {
			t.Errorf("NameDate(%q) = %q, %q, want %q, %q", tt.name, d, rest, tt.date, tt.rest)
		}
	}
}
