package tomledit

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"
)

// model is a plain tree with the same edits, to compare with.
type model struct {
	key     string
	kind    Kind
	origin  Origin
	value   any
	kids    []*model
	gone    bool
	parent  *model
	touched bool
}

// modelOf builds the model of a document, with go-toml decoding the values.
func modelOf(t testing.TB, root Node) (*model, map[int32]*model) {
	byID := make(map[int32]*model)
	var build func(n Node) *model
	build = func(n Node) *model {
		m := &model{key: n.Key(), kind: n.Kind(), origin: n.Origin()}
		byID[n.id] = m
		switch n.Kind() {
		case Table, TableArray, InlineTable, Array:
			for c := range n.Children() {
				k := build(c)
				k.parent = m
				m.kids = append(m.kids, k)
			}
		default:
			m.value = decode(t, n.RawValue())
		}
		return m
	}
	return build(root), byID
}

func decode(t testing.TB, raw string) any {
	var v map[string]any
	require.NoError(t, toml.Unmarshal([]byte("v="+raw), &v), raw)
	return plain(v["v"])
}

// valueModel is the model of a value that is written.
func valueModel(v Value) *model {
	m := &model{kind: v.kind, origin: Pair}
	switch v.kind {
	case Array:
		for _, item := range v.list {
			m.add(valueModel(item), len(m.kids))
		}
	case InlineTable:
		for _, f := range v.fields {
			k := valueModel(f.Value)
			k.key = f.Key
			m.add(k, len(m.kids))
		}
	case String:
		m.value = v.text
	default:
		var d map[string]any
		_ = toml.Unmarshal([]byte("v="+v.text), &d)
		m.value = plain(d["v"])
	}
	return m
}

func (m *model) add(k *model, at int) {
	k.parent = m
	m.kids = slices.Insert(m.kids, at, k)
}

func (m *model) index(k *model) int { return slices.Index(m.kids, k) }

func (m *model) child(key string) *model {
	for _, k := range m.kids {
		if k.key == key && !k.gone {
			return k
		}
	}
	return nil
}

// plainValue is the model as go-toml would decode it.
func (m *model) plainValue() any {
	switch m.kind {
	case Table, InlineTable:
		v := map[string]any{}
		for _, k := range m.kids {
			if k.isThere() {
				v[k.key] = k.plainValue()
			}
		}
		return v
	case TableArray, Array:
		v := []any{}
		for _, k := range m.kids {
			if k.isThere() {
				v = append(v, k.plainValue())
			}
		}
		return v
	}
	return m.value
}

// isThere is false for what is deleted, and for tables that only their
// contents imply when these are gone.
func (m *model) isThere() bool {
	if m.gone {
		return false
	}
	if m.kind != TableArray && m.origin != Implicit && m.origin != Dotted {
		return true
	}
	return slices.ContainsFunc(m.kids, (*model).isThere)
}

// plain makes decoded values comparable.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case float64:
		if math.IsNaN(v) {
			return "nan"
		}
		return v
	case string:
		return v
	default:
		return fmt.Sprintf("%T %v", v, v)
	}
}

// unmarshal decodes a whole file with go-toml.
func unmarshal(src []byte) (any, error) {
	v := map[string]any{}
	if err := toml.Unmarshal(src, &v); err != nil {
		return nil, err
	}
	return plain(v), nil
}
