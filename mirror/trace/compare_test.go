package trace_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/trace"
)

// attempt is a predicted manifest request of containerd.
func attempt(host string) mirror.Attempt {
	return mirror.Attempt{Method: "HEAD", URL: "http://" + host + "/v2/team/app/manifests/v1?ns=reg.example", Host: host, Mirror: host != "up.example:5000"}
}

func TestCompare(t *testing.T) {
	report := read(t, "containerd-2.4-text.log")
	a, b, dead := attempt("mirror-a.example:5000"), attempt("mirror-b.example:5000"), attempt("dead.example:5000")
	c, up := attempt("mirror-c.example:5000"), attempt("up.example:5000")
	type difference struct {
		kind trace.DifferenceKind
		host string
	}
	path := b
	path.URL = "http://mirror-b.example:5000/base/v2/team/app/manifests/v1?ns=reg.example"
	get := c
	get.Method = "GET"
	for _, tc := range []struct {
		name           string
		attempts       []mirror.Attempt
		matched, ahead int
		want           []difference
	}{
		{"as predicted", []mirror.Attempt{a, b, dead, c, up}, 4, 1, nil},
		{"one was not asked", []mirror.Attempt{a, attempt("new.example"), b, dead, c, up}, 4, 1, []difference{{trace.NotTried, "new.example"}}},
		{"one was not predicted", []mirror.Attempt{a, dead, c, up}, 3, 1, []difference{{trace.NotPredicted, "mirror-b.example:5000"}}},
		{"in another order", []mirror.Attempt{b, a, dead, c, up}, 3, 1, []difference{{trace.OtherOrder, "mirror-a.example:5000"}}},
		{"at another path", []mirror.Attempt{a, path, dead, c, up}, 3, 1, []difference{{trace.OtherURL, "mirror-b.example:5000"}}},
		{"with another method", []mirror.Attempt{a, b, dead, get, up}, 3, 1, []difference{{trace.OtherMethod, "mirror-c.example:5000"}}},
		{"another image", []mirror.Attempt{{Method: "HEAD", URL: "https://other.example/v2/else/manifests/v1", Host: "other.example"}}, 0, 0, []difference{{trace.NothingLogged, ""}}},
		{"nothing predicted", nil, 0, 0, []difference{{trace.NothingLogged, ""}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := report.Compare(tc.attempts)
			var differences []difference
			for _, d := range got.Differences {
				assert.NotEmpty(t, d.Message)
				differences = append(differences, difference{d.Kind, d.Host})
			}
			assert.Equal(t, tc.want, differences)
			assert.Equal(t, tc.matched, got.Matched)
			assert.Equal(t, tc.ahead, got.Ahead)
			assert.Equal(t, len(tc.want) == 0, got.Agrees())
			_, err := json.Marshal(got)
			require.NoError(t, err)
		})
	}
}

// TestCompareWithFallbackToHTTP: an endpoint that may fall back to http was
// predicted in its https form, and one that never answered has no manifest
// request in the log.
func TestCompareWithFallbackToHTTP(t *testing.T) {
	report := read(t, "image-5.42-text.log")
	predicted := func(host string) mirror.Attempt {
		return mirror.Attempt{Method: "GET", URL: "https://" + host + "/v2/hub/team/app/manifests/v1", Host: host, Mirror: true, TLS: mirror.TLSSkipVerifyThenPlain}
	}
	got := report.Compare([]mirror.Attempt{
		predicted("mirror-a.example:5000"), predicted("dead.example:5000"), predicted("mirror-b.example:5000"), predicted("mirror-c.example:5000"),
		{Method: "GET", URL: "https://up.example:5000/v2/team/app/manifests/v1", Host: "up.example:5000", TLS: mirror.TLSSkipVerifyThenPlain},
	})
	assert.True(t, got.Agrees(), "%v", got.Differences)
	assert.Equal(t, 4, got.Matched)
	assert.Equal(t, 1, got.Ahead)
}
