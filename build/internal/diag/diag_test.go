package diag

import "testing"

func TestProblemHasPlaceAndHelp(t *testing.T) {
	tests := []struct {
		p    Problem
		want string
	}{
		{Problem{File: "content/a.md", Line: 3, Col: 7, Msg: `date "17 May" is not a date`, Help: "write it as 2024-05-17"}, `content/a.md:3:7: date "17 May" is not a date (write it as 2024-05-17)`},
		{Problem{File: "a.md", Line: 2, Msg: "title is missing"}, "a.md:2: title is missing"},
		{Problem{File: "a.md", Msg: "the file is empty"}, "a.md: the file is empty"},
	}
	for _, tt := range tests {
		if got := tt.p.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestErrIsNilWithoutErrors(t *testing.T) {
	if err := (List{{Severity: Warning, Msg: "w"}, {Severity: LeftOut, Msg: "l"}}).Err(); err != nil {
		t.Errorf("warnings alone are an error: %v", err)
	}
	if err := (List{{Severity: Warning}, {File: "a", Msg: "e"}}).Err(); err == nil || err.Error() != "a: e" {
		t.Errorf("Err() = %v, want the error alone", err)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"title", "date", "topics", "page_size"}
	for word, want := range map[string]string{"titel": "title", "tilte": "title", "topic": "topics", "page_sise": "page_size", "xyz": "", "da": "", "DATE": "date", "": ""} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
