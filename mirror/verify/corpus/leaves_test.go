package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

// leaves are the values of a TOML or JSON file by their paths, as a decoder
// that has nothing to do with this project reads them. Tables in arrays go by
// what names them.
func leaves(t testing.TB, k kind, data []byte) map[string]string {
	t.Helper()
	var root any
	switch {
	case k != daemonKind:
		tree := map[string]any{}
		_, err := toml.Decode(string(data), &tree)
		require.NoError(t, err, "%s", data)
		root = tree
	case len(bytes.TrimSpace(data)) > 0:
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		require.NoError(t, d.Decode(&root), "%s", data)
	}
	out := map[string]string{}
	flatten(out, "", root)
	return out
}

func flatten(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			flatten(out, path+"/"+key, child)
		}
	case []map[string]any:
		for i, child := range v {
			flatten(out, path+"["+named(child, i)+"]", child)
		}
	case []any:
		for i, child := range v {
			if table, ok := child.(map[string]any); ok {
				flatten(out, path+"["+named(table, i)+"]", table)
				continue
			}
			out[path] += fmt.Sprintf("%v\n", child)
		}
		if len(v) == 0 {
			out[path] = "[]"
		}
	case nil:
		if path != "" {
			out[path] = "null"
		}
	default:
		out[path] = fmt.Sprintf("%T %v", v, v)
	}
}

func named(table map[string]any, i int) string {
	for _, key := range []string{"prefix", "location"} {
		if s, _ := table[key].(string); s != "" {
			return s
		}
	}
	return fmt.Sprint(i)
}

// changedLeaves are the paths of values that were added, removed or changed.
func changedLeaves(before, after map[string]string) []string {
	var out []string
	for path, v := range before {
		if w, ok := after[path]; !ok || w != v {
			out = append(out, path)
		}
	}
	for path := range maps.Keys(after) {
		if _, ok := before[path]; !ok {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// onlyBelow fails the test when a value outside the named paths changed. A *
// stands for any run of characters.
func onlyBelow(t testing.TB, k kind, before, after []byte, allowed ...string) {
	t.Helper()
	for _, path := range changedLeaves(leaves(t, k, before), leaves(t, k, after)) {
		ok := slices.ContainsFunc(allowed, func(a string) bool {
			at := 0
			for i, part := range strings.Split(a, "*") {
				n := strings.Index(path[at:], part)
				if n < 0 || i == 0 && n > 0 {
					return false
				}
				at += n + len(part)
			}
			return true
		})
		if !ok {
			t.Errorf("%s changed, which is not below %q\nbefore:\n%s\nafter:\n%s", path, allowed, before, after)
		}
	}
}
