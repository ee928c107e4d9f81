package podman

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var authTexts = []string{
	`{"auths": {"docker.io": {"auth": "c2VjcmV0"}, "quay.io/team": {}, "https://index.docker.io/v1/": null}}`,
	`{"credHelpers": {"a.test": "x"}, "auths": {"b.test": {"n": [1, -0.5e+3, true, false, null, "\u00e9\ud83d\ude00\ud83d\n"]}}}`,
	`{"AUTHS": {"a": {}}, "auth\u017f": {"b": {}}, "auths": null, "auths": {"c": {}}}`,
	`{"auths": {"a": {}, "a": {}}} `, `{"auths": {"a": []}}`, `{"auths": []}`, `{"auths": "x"}`, `{"auths": {"a": {}}}}`, `{"auths": {"a": {},}}`, `{,}`,
	`{"auths": {"a": {}} "x": 1}`, `{"auths" {"a": {}}}`, `{"auths": {"a": {}}`, `{"x": 01, "auths": {"a": {}}}`, `{"x": 1., "auths": {"a": {}}}`, `{"x": -, "auths": {"a": {}}}`,
	`{"x": 1e, "auths": {"a": {}}}`, `{"x": "\x", "auths": {"a": {}}}`, "{\"x\": \"\n\", \"auths\": {\"a\": {}}}", "{\"auths\": {\"\xff\": {}}}", `{"x": nul, "auths": {"a": {}}}`,
	`{"auths": {"\ud800\u0041": {}, "\udc00": {}, "\u12": {}}}`, `{"auths": {"\ud800\u00g1": {}}}`, "\ufeff{}", "", " ", "null", "[]", `"x"`, "{", `{"`, `{"\`, `{"\u`, `{"a":-`, `{"a":[`,
}

// sameAuths compares with encoding/json.
func sameAuths(t *testing.T, data []byte) {
	var auth struct {
		Auths map[string]struct{} `json:"auths"`
	}
	var want []string
	if json.Unmarshal(data, &auth) == nil {
		want = slices.Sorted(maps.Keys(auth.Auths))
	}
	got := authNames(data)
	slices.Sort(got)
	assert.Equal(t, want, slices.Compact(got), "%q", data)
}

func TestAuthNames(t *testing.T) {
	assert.Equal(t, []string{"docker.io", "quay.io/team", "https://index.docker.io/v1/"}, authNames([]byte(authTexts[0])))
	for _, text := range authTexts {
		sameAuths(t, []byte(text))
	}
	for _, n := range []int{9998, 9999, 10000, 1000000} {
		sameAuths(t, []byte(`{"auths": {"a": {}}, "x": `+strings.Repeat("[", n)+strings.Repeat("]", n)+"}"))
	}
}

func FuzzAuthNames(f *testing.F) {
	for _, text := range authTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(sameAuths)
}
