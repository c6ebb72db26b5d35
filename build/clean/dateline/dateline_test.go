package dateline

import "testing"

func TestDateOfALine(t *testing.T) {
	tests := []struct{ line, want string }{
		{"31 December 2023", "2023-12-31"},
		{"Dec. 31, 2023", "2023-12-31"},
		{"Sunday, December 31st, 2023 at 6:04 pm", "2023-12-31T18:04:00"},
		{"Published: 2023-12-31", "2023-12-31"},
		{"Updated on 31.12.2023, 18:04 Uhr", "2023-12-31T18:04:00"},
		{"By Ann Lee | December 31, 2023", "2023-12-31"},
		{"31. Dezember 2023", "2023-12-31"},
		{"31 декабря 2023 г.", "2023-12-31"},
		{"le 1 août 2023", "2023-08-01"},
		{"31 de diciembre de 2023", "2023-12-31"},
		{"31 grudnia 2023", "2023-12-31"},
		{"2023年12月31日 18:04", "2023-12-31T18:04:00"},
		{"31 ديسمبر 2023", "2023-12-31"},
		{"03/04/2023", ""}, // two days in two countries
		{"31/12/2023", "2023-12-31"},
		{"On 31 December 2023 the bridge fell.", ""},
		{"Since July 1, 2024, there are no tickets on Sundays.", ""},
		{"Erschienen am: 01.11.2023", "2023-11-01"},
		{"Written: 2023-11-07 15:03:30", "2023-11-07T15:03:30"},
		{"Date of last revision: August 9, 2017", "2017-08-09"},
		{"maandag 4 maart 2024", "2024-03-04"},
		{"4 listopadu 2023", "2023-11-04"},
		{"4 kasım 2023", "2023-11-04"},
		{"2023", ""},
		{"December", ""},
		{"30 February 2023", ""},
	}
	for _, tt := range tests {
		if d, _ := Read(tt.line); d.String() != tt.want {
			t.Errorf("Read(%q) = %q, want %q", tt.line, d, tt.want)
		}
	}
}
