package tables

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const runtimeUtils = "openshift/runtime-utils v0.0.0-20230921210328 pkg/registries/registries_test.go "

// scopes are the scopes of OpenShift's mirror sets, which become prefixes of
// registries.conf.
func scopes() []Case { return append(append(nestedScopes(), validScopes()...), realMirrors()...) }

// nestedScopes: a scope inside another is served by it. Where runtime-utils
// and the library do not agree the library counts: to it a port, too, begins
// something below a prefix.
func nestedScopes() []Case {
	const anyPort = "a port is below its host"
	rows := []struct {
		sub, super string
		nested     bool
		but        string // why the library says otherwise
	}{
		{"quay.io", "example.com", false, ""},
		{"quay.io", "quay.io", true, ""},
		{"quay.io:443", "quay.io", false, anyPort},
		{"quay.io:443", "quay.io:444", false, ""},
		{"quay.io.example.com", "quay.io", false, ""},
		{"quay.io2", "quay.io", false, ""},
		{"quay.io/ns1", "quay.io", true, ""},
		{"quay.io/ns1/ns2/ns3", "quay.io", true, ""},
		{"quay.io/ns1/ns2/ns3", "not-quay.io", false, ""},
		{"bar/example.foo", "*.foo", false, ""},
		{"example/bar.foo/quay.io", "*.foo", false, ""},
		{"example/bar.foo", "*.foo", false, ""},
		{"foo.example.com", "*.example.com", true, ""},
		{"a.foo.example.com", "*.example.com", true, ""}, // *.foo.example.com
		{"foo.example.com/bar", "*.example.com", true, ""},
		{"foo.registry.com", "*.example.com", false, ""},
		{"foo.example.com", "**.example.com", false, ""},
		{"foo.example.com", "example.*.com", false, ""},
		{"foo.example.com:443/bar/baz", "*.example.com", true, ""},
		{"foo.example.com", "*example.com", false, ""},
		{"foo.example.com", "*/example.com", false, ""},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		ref := row.sub + "/app:1"
		if host, _, _ := strings.Cut(row.sub, "/"); !strings.Contains(host, ".") {
			ref = "docker.io/" + ref
		}
		length := -1
		if row.nested || row.but != "" {
			length = len(row.super)
			if domain, wild := strings.CutPrefix(row.super, "*"); wild {
				length = strings.Index(ref, domain) + len(domain)
			}
		}
		cases[i] = matched(runtimeUtils+"TestScopeIsNestedInsideScope", ref, row.super, length)
	}
	return cases
}

// validScopes: what runtime-utils refuses either keeps the file from loading
// or matches nothing.
func validScopes() []Case {
	const form = "Wildcarded prefix should be in the format"
	rows := []struct{ scope, err string }{
		{"example.com", ""}, {"*.example.com", ""},
		{"**.example.com", ""}, {"example.*.com", ""}, {"*example.com", ""}, {"*/example.com", ""}, {"*.example.com.*.bar.com", ""}, {"*.*example.com", ""},
		{"*.example.com/foo/bar", form}, {"*.example.com:foo", form}, {"*.example.com/foo:sha@bar", form},
		{"", "both location and prefix are unset"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: fmt.Sprintf("scope %q", row.scope), Source: runtimeUtils + "TestIsValidRegistriesConfScope", Err: row.err,
			Files: []upstream.File{located(row.scope, row.scope)}, Reference: "other.test/app:1",
		}
		if row.err == "" {
			cases[i].Want = []string{get("other.test/app:1")}
		}
	}
	return cases
}

// realMirrors: a list of mirrors that names the source itself. The library
// asks what is listed and then the source, twice if it is listed.
func realMirrors() []Case {
	const source = "source.example.com"
	rows := [][]string{
		nil, {"mirror.local"}, {source}, {source, source, source}, {"mirror.local", source}, {source, "mirror.local"}, {"m1.local", "m2.local", "m3.local"},
	}
	cases := make([]Case, len(rows))
	for i, mirrors := range rows {
		text := fmt.Sprintf("[[registry]]\nlocation = %q\n", source)
		c := Case{Name: fmt.Sprintf("mirrors %v", mirrors), Source: runtimeUtils + "TestMirrorsContainsARealMirror", Reference: source + "/app:1"}
		for _, m := range mirrors {
			text += fmt.Sprintf("[[registry.mirror]]\nlocation = %q\n", m)
			c.Want = append(c.Want, get(m+"/app:1"))
		}
		c.Want = append(c.Want, get(source+"/app:1"))
		c.Files = []upstream.File{file(RegistriesConf, text)}
		cases[i] = c
	}
	return cases
}
