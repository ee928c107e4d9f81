package tables

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// RegistriesConf is the main file of the containers/image family.
const RegistriesConf = "/etc/containers/registries.conf"

const (
	sysregTest  = "go.podman.io/image/v5 5.42.0 pkg/sysregistriesv2/system_registries_v2_test.go "
	sysregAlias = "go.podman.io/image/v5 5.42.0 pkg/sysregistriesv2/shortnames_test.go "
)

// SysRegistries returns the cases about registries.conf that need no file of
// upstream's.
func SysRegistries() []Case {
	return slices.Concat(refMatchingPrefix(), refMatchingSubdomainPrefix(), rewriteReference(), rewriteFails(), scopes(), openshiftCases(), dragonflyRegistries())
}

// matched makes the case that a reference is, or isn't, below a prefix: a
// match is served from elsewhere.
func matched(source, ref, prefix string, length int) Case {
	const location = "elsewhere.example"
	c := Case{
		Name: fmt.Sprintf("%s below %s", ref, prefix), Source: source,
		Files:     []upstream.File{file(RegistriesConf, fmt.Sprintf("[[registry]]\nprefix = %q\nlocation = %q\n", prefix, location))},
		Reference: ref,
	}
	served := ref
	if length >= 0 {
		served = location + ref[length:]
	}
	c.Want = []string{get(served)}
	return c
}

// get is the manifest request for a full reference.
func get(ref string) string {
	host, rest, _ := strings.Cut(ref, "/")
	name, id, digested := strings.Cut(rest, "@")
	if !digested {
		if name, id, _ = strings.Cut(rest, ":"); id == "" {
			id = "latest"
		}
	}
	if host == "docker.io" {
		host = "registry-1.docker.io"
	}
	return "GET https://" + host + "/v2/" + name + "/manifests/" + id
}

// refMatchingPrefix: upstream's rows are about parts of references too; a
// pull has a whole reference, so a repository stands in where upstream has
// none. A prefix that ends in a tag or digest never matches in a pull, since
// only the name is looked up.
func refMatchingPrefix() []Case {
	const source = sysregTest + "TestRefMatchingPrefix"
	rows := []struct {
		ref, prefix string
		length      int
	}{
		{"docker.io/ns/x", "docker.io", len("docker.io")},
		{"docker.io/ns/x", "example.com", -1},
		{"example.com:5000/x", "example.com:5000", len("example.com:5000")},
		{"example.com:50000/x", "example.com:5000", -1},
		{"example.com:5000/x", "example.com", len("example.com")}, // upstream: unintended
		{"example.com/foo", "example.com", len("example.com")},
		{"example.com/foo/bar", "example.com", len("example.com")},
		{"example.com/foo/bar:baz", "example.com", len("example.com")},
		{"example.com/foo/bar@" + digest, "example.com", len("example.com")},
		{"docker.io/ns", "docker.io/library", len("docker.io/library")}, // is docker.io/library/ns
		{"docker.io/library/x", "docker.io/library", len("docker.io/library")},
		{"example.com/library", "docker.io/library", -1},
		{"docker.io/libraryy/x", "docker.io/library", -1},
		{"docker.io/library/busybox", "docker.io/library", len("docker.io/library")},
		{"docker.io/ns/x", "docker.io/library/busybox", -1},
		{"docker.io/ns/busybox/x", "docker.io/ns/busybox", len("docker.io/ns/busybox")},
		{"example.com/library/busybox", "docker.io/library/busybox", -1},
		{"docker.io/library/busybox2", "docker.io/library/busybox", -1},
		{"example.com/x", "example.com/foo:bar", -1},
		{"example.com/foo", "example.com/foo:bar", -1},
		{"example.com/foo:bar", "example.com/foo:bar", -1},
		{"example.com/foo:bar2", "example.com/foo:bar", -1},
		{"example.com/x", "example.com/foo@" + digest, -1},
		{"example.com/foo", "example.com/foo@" + digest, -1},
		{"example.com/foo@" + digest, "example.com/foo@" + digest, -1},
		{"example.com/foo@" + strings.ReplaceAll(digest, "aaaa", "bbbb"), "example.com/foo@" + digest, -1},
		{"example.com/foo", "*", -1},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		full := row.ref
		if full == "docker.io/ns" {
			full = "docker.io/library/ns"
		}
		cases[i] = matched(source, full, row.prefix, row.length)
		cases[i].Reference = row.ref
	}
	return cases
}

func refMatchingSubdomainPrefix() []Case {
	const source = sysregTest + "TestRefMatchingSubdomainPrefix"
	rows := []struct {
		ref, prefix string
		length      int
	}{
		{"docker.io/ns/x", "*.io", len("docker.io")},
		{"docker.io/ns/foo", "*.com", -1},
		{"example.com/foo", "*.co", -1},
		{"example.com/foo", "*.example.com", -1},
		{"example.com/foo", "*.com", len("example.com")},
		{"example.com/foo:bar", "*.com", len("example.com")},
		{"example.com/foo/bar:baz", "*.com", len("example.com")},
		{"yet.another.example.com/foo", "**.example.com", -1},
		{"yet.another.example.com/foo", "***.another.example.com", -1},
		{"yet.another.example.com/foo", "**********.another.example.com", -1},
		{"yet.another.example.com/foo/bar", "**********.another.example.com", -1},
		{"yet.another.example.com/foo/bar", "*.another.example.com", len("yet.another.example.com")},
		{"another.example.com/namespace.com/foo/bar/bbq:baz", "*.example.com", len("another.example.com")},
		{"example.net/namespace-ends-in.com/foo/bar/bbq:baz", "*.com", -1},
		{"another.example.com/namespace.com/foo/bar/bbq:baz", "*.namespace.com", -1},
		{"sub.example.com/foo/bar", "*.com", len("sub.example.com")},
		{"sub.example.com/foo/bar", "*.example.com", len("sub.example.com")},
		{"another.sub.example.com/foo/bar/bbq:baz", "*.example.com", len("another.sub.example.com")},
		{"another.sub.example.com/foo/bar/bbq:baz", "*.sub.example.com", len("another.sub.example.com")},
		{"yet.another.example.com/foo/bar@" + digest, "*.example.com", len("yet.another.example.com")},
		{"yet.another.sub.example.com/foo/bar@" + digest, "*.sub.example.com", len("yet.another.sub.example.com")},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = matched(source, row.ref, row.prefix, row.length)
	}
	return cases
}

func located(prefix, location string) upstream.File {
	text := fmt.Sprintf("[[registry]]\nprefix = %q\n", prefix)
	if location != "" {
		text += fmt.Sprintf("location = %q\n", location)
	}
	return file(RegistriesConf, text)
}

func rewriteReference() []Case {
	rows := []struct{ ref, prefix, location, want string }{
		{"example.com/image", "example.com", "example.com", "example.com/image"},
		{"example.com/image:latest", "example.com", "example.com", "example.com/image:latest"},
		{"example.com:5000/image", "example.com:5000", "example.com:5000", "example.com:5000/image"},
		{"example.com:5000/image:latest", "example.com:5000", "example.com:5000", "example.com:5000/image:latest"},
		{"example.com/foo@" + digest, "example.com", "example.com", "example.com/foo@" + digest},
		{"example.com/foo/image:latest", "example.com/foo", "example.com", "example.com/image:latest"},
		{"example.com/foo/image:latest", "example.com/foo", "example.com/path", "example.com/path/image:latest"},
		{"docker.io/library/image:latest", "docker.io", "docker.io", "docker.io/library/image:latest"},
		{"docker.io/library/image", "docker.io/library", "example.com", "example.com/image"},
		{"docker.io/library/image", "docker.io", "example.com", "example.com/library/image"},
		{"docker.io/library/prefix/image", "docker.io/library/prefix", "example.com", "example.com/image"},
		{"docker.io/namespace/image", "*.io", "example.com", "example.com/namespace/image"},
		{"docker.io/library/prefix/image", "*.io", "example.com", "example.com/library/prefix/image"},
		{"sub.example.io/library/prefix/image", "*.example.io", "example.com", "example.com/library/prefix/image"},
		{"another.sub.example.io:5000/library/prefix/image:latest", "*.sub.example.io", "example.com", "example.com:5000/library/prefix/image:latest"},
		{"foo.bar.io/ns1/ns2/ns3/ns4", "*.bar.io", "omg.bbq.com/roflmao", "omg.bbq.com/roflmao/ns1/ns2/ns3/ns4"},
		{"abc.internal.registry.com/foo:bar", "*.internal.registry.com", "", "abc.internal.registry.com/foo:bar"},
		{"blah.foo.bar.com/omg:bbq", "*.com", "", "blah.foo.bar.com/omg:bbq"},
		{"alien.vs.predator.foobar.io:5000/omg", "*.foobar.io", "", "alien.vs.predator.foobar.io:5000/omg"},
		{"alien.vs.predator.foobar.io:5000/foo@" + digest, "*.foobar.io", "", "alien.vs.predator.foobar.io:5000/foo@" + digest},
		{"alien.vs.predator.foobar.io:5000/omg:bbq", "*.foobar.io", "", "alien.vs.predator.foobar.io:5000/omg:bbq"},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		cases[i] = Case{
			Name: fmt.Sprintf("%s from %s to %q", row.ref, row.prefix, row.location), Source: sysregTest + "TestRewriteReferenceSuccess",
			Files: []upstream.File{located(row.prefix, row.location)}, Reference: row.ref,
			Want: []string{get(row.want)},
		}
	}
	return cases
}

// rewriteFails: upstream calls the rewriting alone, with locations and
// prefixes that loading has normalised or that would not have matched. As
// files, its rows fail to load, rewrite to nothing valid, or do not match.
func rewriteFails() []Case {
	rows := []struct{ ref, prefix, location, err string }{
		{"example.com/foo/image:latest", "example.com/foo", "example.com/path/", ""}, // the slash is cut
		{"example.com/foo@" + digest, "example.com/foo", "example.com", "rewriting reference"},
		{"example.com:5000/image:latest", "example.com", "", "location is unset"},
		{"example.com:5000/image:latest", "example.com", "example.com:5000", "rewriting reference"},
		{"example.com/foo/image:latest", "example.com//foo", "example.com/path", ""},
		{"example.com/image:latest", "image", "anotherimage", ""},
		{"example.com/foo/image:latest", "example.com/foo/", "example.com", ""}, // the slash is cut
		{"example.com/foo/image", "example.com/f", "example.com/foo", ""},
		{"example.com/foo:latest", "example.com/f", "example.com/foo", ""},
		{"example.com/foo@" + digest, "example.com/f", "example.com/foo", ""},
		{"docker.io/library/image", "example.com", "example.com", ""},
		{"docker.io/library/image", "*.com", "example.com", ""},
		{"foo.docker.io/library/image", "*.example.com", "example.com/image", ""},
		{"foo.docker.io/library/image", "*.docker.com", "example.com/image", ""},
	}
	served := map[int]string{0: "example.com/path/image:latest", 6: "example.com/image:latest"}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		c := Case{
			Name: fmt.Sprintf("%s from %s to %q", row.ref, row.prefix, row.location), Source: sysregTest + "TestRewriteReferenceFailedDuringParseNamed",
			Files: []upstream.File{located(row.prefix, row.location)}, Reference: row.ref, Err: row.err,
		}
		if c.Err == "" {
			want, ok := served[i]
			if !ok {
				want = row.ref
			}
			c.Want = []string{get(want)}
		}
		cases[i] = c
	}
	return cases
}
