package docker

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func codes(ds mirror.Diagnostics) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, d.Code)
	}
	return out
}

// The first 27 cases are those of TestValidateMirror (moby/v2 2.0.0-beta.24 daemon/pkg/registry/config_test.go).
func TestValidateMirror(t *testing.T) {
	for _, tc := range []struct {
		entry, normalized string
		codes             []string
	}{
		{"http://mirror-1.example.com", "http://mirror-1.example.com/", nil},
		{"http://mirror-1.example.com/", "http://mirror-1.example.com/", nil},
		{"https://mirror-1.example.com", "https://mirror-1.example.com/", nil},
		{"https://mirror-1.example.com/", "https://mirror-1.example.com/", nil},
		{"http://localhost", "http://localhost/", nil},
		{"https://localhost", "https://localhost/", nil},
		{"http://localhost:5000", "http://localhost:5000/", nil},
		{"https://localhost:5000", "https://localhost:5000/", nil},
		{"http://127.0.0.1", "http://127.0.0.1/", nil},
		{"https://127.0.0.1", "https://127.0.0.1/", nil},
		{"http://127.0.0.1:5000", "http://127.0.0.1:5000/", nil},
		{"https://127.0.0.1:5000", "https://127.0.0.1:5000/", nil},
		{"http://mirror-1.example.com/v1/", "http://mirror-1.example.com/v1/", nil},
		{"https://mirror-1.example.com/v1/", "https://mirror-1.example.com/v1/", nil},
		{"!invalid!://%as%", "", []string{"docker/mirror-url"}},
		{"mirror-1.example.com", "", []string{"docker/mirror-scheme"}},
		{"mirror-1.example.com:5000", "", []string{"docker/mirror-scheme"}},
		{"ftp://mirror-1.example.com", "", []string{"docker/mirror-scheme"}},
		{"http://mirror-1.example.com/?q=foo", "", []string{"docker/mirror-query"}},
		{"http://mirror-1.example.com/v1/?q=foo", "", []string{"docker/mirror-query"}},
		{"http://mirror-1.example.com/v1/?q=foo#frag", "", []string{"docker/mirror-query"}},
		{"http://mirror-1.example.com?q=foo", "", []string{"docker/mirror-query"}},
		{"https://mirror-1.example.com#frag", "", []string{"docker/mirror-query"}},
		{"https://mirror-1.example.com/#frag", "", []string{"docker/mirror-query"}},
		{"http://foo:bar@mirror-1.example.com/", "", []string{"docker/mirror-credentials"}},
		{"https://mirror-1.example.com/v1/#frag", "", []string{"docker/mirror-query"}},
		{"https://mirror-1.example.com?q", "", []string{"docker/mirror-query"}},

		{"", "", []string{"docker/mirror-scheme"}},
		{"://m", "", []string{"docker/mirror-scheme"}},
		{"https://user@m", "", []string{"docker/mirror-credentials"}},
		{"https://m ", "", []string{"docker/mirror-url"}},
		{" https://m", "", []string{"docker/mirror-url"}},
		{"https://m:abc", "", []string{"docker/mirror-url"}},
		{"https://m/a%2fb", "https://m/a%2fb/", nil},
		{"https://[::1]:5000", "https://[::1]:5000/", nil},
		{"https://", "https://", []string{"docker/mirror-empty-host"}},
		{"http:///foo", "http:///foo/", []string{"docker/mirror-empty-host"}},
		{"HTTPS://M", "HTTPS://M/", []string{"docker/mirror-upper-case-scheme"}},
		{"https://m,https://n", "https://m,https://n/", []string{"docker/mirror-joined"}},
		{"https://m:99999", "https://m:99999/", []string{"docker/mirror-port"}},
		{"https://m:", "https://m:/", []string{"docker/mirror-port"}},
		{"https://$MIRROR", "https://$MIRROR/", []string{"docker/mirror-host-name"}},
		{"https://m//", "https://m//", []string{"docker/mirror-slashes"}},
		{"https://m?", "https://m?/", []string{"docker/mirror-empty-query"}},
		{"https://m#", "https://m#/", []string{"docker/mirror-empty-query"}},
		{"https://docker.io", "https://docker.io/", []string{"docker/mirror-is-hub"}},
		{"https://m/v2/", "https://m/v2/", []string{"docker/mirror-v2"}},
	} {
		t.Run(tc.entry, func(t *testing.T) {
			normalized, ds := ValidateMirror("", tc.entry)
			assert.Equal(t, tc.normalized, normalized)
			assert.ElementsMatch(t, tc.codes, codes(ds))
			assert.Equal(t, tc.normalized == "", ds.Err() != nil)
			for _, d := range ds {
				assert.NotContains(t, d.Error(), "bar@", "a password must not be shown")
				assert.NotEmpty(t, d.Fix)
			}
		})
	}
}

func TestValidateMirrorByVersion(t *testing.T) {
	for _, tc := range []struct {
		version, entry string
		codes          []string
	}{
		{"20.10.24", "https://m/hub", []string{"docker/mirror-path"}},
		{"24.0.7", "https://m/hub/", []string{"docker/mirror-path"}},
		{"24.0.7", "https://m/", nil},
		{"24.0.8", "https://m/hub", nil},
		{"24.0", "https://m/hub", nil},
		{"25.0.0", "https://m/hub", nil},
		{"31.2", "https://m", []string{"docker/unknown-version"}},
		{"29.7.2", "https://m", nil},
		{"twenty", "https://m", []string{"docker/bad-version"}},
	} {
		_, ds := ValidateMirror(tc.version, tc.entry)
		assert.ElementsMatch(t, tc.codes, codes(ds), "%s %s", tc.version, tc.entry)
	}
	_, ds := ValidateMirror("", "m:5000")
	assert.Equal(t, `write "https://m:5000"`, ds[0].Fix)
	_, ds = ValidateMirror("", "HTTPS://M")
	assert.Equal(t, `write "https://M"`, ds[0].Fix)
	_, ds = ValidateMirror("", "https://m/v2/")
	assert.Equal(t, `write "https://m"`, ds[0].Fix)
}

// The cases are those of TestMirrorsToHosts (moby/v2 2.0.0-beta.24 daemon/hosts_test.go) and two more.
func TestContainerdBase(t *testing.T) {
	for _, tc := range []struct {
		entry string
		want  mirrorBase
	}{
		{"https://localhost:5000", mirrorBase{"https", "localhost:5000", "/v2"}},
		{"http://localhost:5000", mirrorBase{"http", "localhost:5000", "/v2"}},
		{"http://localhost:5000/v2", mirrorBase{"http", "localhost:5000", "/v2"}},
		{"localhost:5000", mirrorBase{"https", "localhost:5000", "/v2"}},
		{"localhost:5000/trailingslash/", mirrorBase{"https", "localhost:5000", "/trailingslash/v2"}},
		{"localhost:5000/2trailingslash//", mirrorBase{"https", "localhost:5000", "/2trailingslash/v2"}},
		{"localhost:5000/v2/", mirrorBase{"https", "localhost:5000", "/v2"}},
		{"localhost:5000/base", mirrorBase{"https", "localhost:5000", "/base/v2"}},
		{"localhost:5000/v2/base", mirrorBase{"https", "localhost:5000", "/v2/base/v2"}},

		{"http:///foo", mirrorBase{"https", "http:", "/foo/v2"}},
		{"https://", mirrorBase{"https", "https:", "/v2"}},
	} {
		assert.Equal(t, tc.want, containerdBase(tc.entry, "https"), tc.entry)
	}
}
