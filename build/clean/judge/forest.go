package judge

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Forest is a sum of decision trees.
type Forest struct {
	Trees []Tree
}

// A Tree is its nodes; the first is the root.
type Tree []Node

// A Node asks whether a feature is below a value, or, when Feature is negative,
// is a leaf that answers Value.
type Node struct {
	Feature     int
	Value       float32
	Left, Right int // the nodes for yes and for no
}

// Score returns what the forest makes of a row, from 0 to 1.
func (f *Forest) Score(row []float32) float64 {
	sum := 0.0
	for _, t := range f.Trees {
		sum += t.answer(row)
	}
	return 1 / (1 + math.Exp(-sum))
}

func (t Tree) answer(row []float32) float64 {
	i := 0
	for t[i].Feature >= 0 {
		if row[t[i].Feature] < t[i].Value {
			i = t[i].Left
		} else {
			i = t[i].Right
		}
	}
	return float64(t[i].Value)
}

// Format writes a forest: one tree a line, its nodes in the order of their
// places, "feature<value:left:right" or "=answer".
func (f *Forest) Format() string {
	var b strings.Builder
	for _, t := range f.Trees {
		for i, node := range t {
			if i > 0 {
				b.WriteByte(' ')
			}
			if v := strconv.FormatFloat(float64(node.Value), 'g', -1, 32); node.Feature < 0 {
				b.WriteString("=" + v)
			} else {
				fmt.Fprintf(&b, "%d<%s:%d:%d", node.Feature, v, node.Left, node.Right)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// ParseForest reads what Format wrote.
func ParseForest(text string) (Forest, error) {
	var f Forest
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		t, err := parseTree(line)
		if err != nil {
			return f, err
		}
		f.Trees = append(f.Trees, t)
	}
	return f, nil
}

func parseTree(line string) (Tree, error) {
	var t Tree
	for field := range strings.FieldsSeq(line) {
		n, err := parseNode(field)
		if err != nil {
			return nil, fmt.Errorf("node %q: %w", field, err)
		}
		t = append(t, n)
	}
	for i, n := range t {
		if n.Feature >= 0 && (n.Left <= i || n.Right <= i || n.Left >= len(t) || n.Right >= len(t)) {
			return nil, fmt.Errorf("node %d leads outside of its tree", i)
		}
	}
	return t, nil
}

// parseNode reads "feature<value:left:right" or "=answer".
func parseNode(field string) (n Node, err error) {
	n.Feature = -1
	value, isLeaf := strings.CutPrefix(field, "=")
	if !isLeaf {
		parts := strings.FieldsFunc(field, func(r rune) bool { return r == '<' || r == ':' })
		if len(parts) != 4 {
			return n, errors.New("is neither a question nor an answer")
		}
		value = parts[1]
		for i, to := range map[int]*int{0: &n.Feature, 2: &n.Left, 3: &n.Right} {
			if *to, err = strconv.Atoi(parts[i]); err != nil || *to < 0 {
				return n, errors.New("is not a question of a feature and two nodes")
			}
		}
	}
	v, err := strconv.ParseFloat(value, 32)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return n, errors.New("holds no number")
	}
	n.Value = float32(v)
	return n, nil
}
