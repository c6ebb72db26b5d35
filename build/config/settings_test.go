package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSettingsTellTheirOrigin: a key with a value stands in a line, one that is
// left empty or out has the default.
func TestSettingsTellTheirOrigin(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), []byte("title: x\n\npage_size: 20\ntimezone:\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	settings, problems, err := Settings(dir)
	if err != nil || len(problems) > 0 || len(settings) != len(keys) {
		t.Fatalf("Settings: %d of %d, %v, %v", len(settings), len(keys), problems, err)
	}
	for _, s := range settings {
		want := Setting{s.Key, s.Value, map[string]int{"title": 1, "page_size": 3}[s.Key]}
		if s.Line != want.Line || s.Key == "page_size" && string(s.Value) != "20" || s.Key == "week_start" && string(s.Value) != `"monday"` {
			t.Errorf("%s is %s from line %d, want line %d", s.Key, s.Value, s.Line, want.Line)
		}
	}
}
