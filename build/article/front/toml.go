package front

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// readTOML reads TOML, whose decoder does not tell the places of values: they
// are looked for.
func readTOML(head []byte) (Node, error) {
	var m map[string]any
	if _, err := toml.Decode(string(head), &m); err != nil {
		e, ok := errors.AsType[toml.ParseError](err)
		if !ok {
			return Node{}, &Error{Place{1, 1}, "TOML: " + err.Error(), ""}
		}
		line, col := LineCol(head, min(max(0, e.Position.Start), len(head)))
		return Node{}, &Error{Place{line, col}, "TOML: " + e.Message, ""}
	}
	return fromTOML(m, "", tomlPlaces(head)), nil
}

// tomlPlaces returns where keys stand, by their full names.
func tomlPlaces(head []byte) map[string]Place {
	places := map[string]Place{}
	prefix, number := "", 0
	for l := range strings.Lines(string(head)) {
		number++
		trimmed := strings.TrimSpace(l)
		if strings.HasPrefix(trimmed, "[") {
			name, _, _ := strings.Cut(strings.Trim(trimmed, "[ "), "]")
			prefix = strings.TrimSpace(name) + "."
			continue
		}
		key, _, ok := strings.Cut(trimmed, "=")
		key = prefix + strings.Trim(strings.TrimSpace(key), `"'`)
		if _, known := places[key]; ok && !known {
			places[key] = Place{number, 1 + len(l) - len(strings.TrimLeft(l, " \t"))}
		}
	}
	return places
}

func fromTOML(v any, name string, places map[string]Place) Node {
	n := Node{Kind: Scalar, At: places[name]}
	switch v := v.(type) {
	case map[string]any:
		n.Kind = Table
		for _, key := range slices.Sorted(maps.Keys(v)) {
			full := strings.TrimPrefix(name+"."+key, ".")
			f := Field{Key: key, At: places[full], Value: fromTOML(v[key], full, places)}
			n.Fields = append(n.Fields, f)
		}
		return n
	case []map[string]any:
		n.Kind = List
		for _, item := range v {
			n.Items = append(n.Items, fromTOML(item, name, places))
		}
		return n
	case []any:
		n.Kind = List
		for _, item := range v {
			n.Items = append(n.Items, fromTOML(item, name, places))
		}
		return n
	case string:
		n.Text = v
		return n
	case time.Time:
		n.Text = tomlTime(v)
	case float64:
		n.Text = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		n.Text = fmt.Sprint(v)
	}
	n.Plain = true
	return n
}

// tomlTime writes a time with as much as the file gave of it. The decoder
// marks what was missing by the name of the zone.
func tomlTime(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return t.Format(time.DateOnly)
	case "time-local":
		return t.Format(time.TimeOnly)
	case "datetime-local":
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format(time.RFC3339)
}
