package tables

import (
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const spegelTest = "spegel b8c715a pkg/oci/containerd/mirror_test.go "

// spegelHosts are what spegel leaves on a node: a mirror on the node before
// each registry, and what was there before below _backup.
func spegelHosts() []Case {
	const source = spegelTest + "TestMirrorConfiguration"
	const local, foo = "http://127.0.0.1:5000/v2", "http://foo.bar:5000/v2"
	const mirror = `[host."http://127.0.0.1:5000"]
capabilities = ["pull", "resolve"]
dial_timeout = "200ms"
`
	const pullOnly = `[host."http://127.0.0.1:5000"]
capabilities = ["pull"]
dial_timeout = "200ms"
`
	const hub, fooServer = "server = \"https://registry-1.docker.io\"\n", "server = \"http://foo.bar:5000\"\n"
	const existing = `[host."http://example.com:30020"]
capabilities = ["pull", "resolve"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]
[host."http://example.com:30021"]
capabilities = ["pull", "resolve"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]
[host."http://bar.com:30020"]
capabilities = ["pull", "resolve"]
client = ["/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key"]
`
	const image, other = "docker.io/library/busybox:1", "foo.bar:5000/busybox:1"
	both := []pulled{{image, []string{local, hubV2}}, {other, []string{local, foo}}}
	written := tree("docker.io/hosts.toml", hub+mirror, "foo.bar:5000/hosts.toml", fooServer+mirror)
	backup := tree("_backup/docker.io/hosts.toml", "hello = \"world\"\n", "_backup/ghcr.io/hosts.toml", "foo = \"bar\"\n")
	old := with(tree("_backup/docker.io/hosts.toml", hub+existing), "/etc/certs/xxx/client.cert", "/etc/certs/xxx/client.key")
	// TLS settings make containerd try https first where http is written.
	before := []string{"https://example.com:30020/v2", "https://example.com:30021/v2", "https://bar.com:30020/v2"}
	moved := pulled{"ghcr.io/team/busybox:1", []string{"https://ghcr.io/v2"}}
	all := slices.Concat(
		treeCases("spegel: several targets", source, tree("foo.bar:5000/hosts.toml", fooServer+mirror+`[host."http://127.0.0.2:5000"]
capabilities = ["pull", "resolve"]
dial_timeout = "200ms"
[host."http://127.0.0.1:5001"]
capabilities = ["pull", "resolve"]
dial_timeout = "200ms"
`), pulled{other, []string{local, "http://127.0.0.2:5000/v2", "http://127.0.0.1:5001/v2", foo}}),
		treeCases("spegel: no registries are all", source, tree("_default/hosts.toml", mirror),
			pulled{image, []string{local, hubV2}}, pulled{other, []string{local, "https://foo.bar:5000/v2"}}),
		treeCases("spegel: _default by name", source, tree("_default/hosts.toml", mirror), pulled{"quay.io/team/busybox:1", []string{local, "https://quay.io/v2"}}),
		treeCases("spegel: tags not resolved", source, tree("docker.io/hosts.toml", hub+pullOnly, "foo.bar:5000/hosts.toml", fooServer+pullOnly),
			pulled{image, []string{hubV2}}, pulled{other, []string{foo}},
			pulled{"docker.io/library/busybox@" + digest, []string{local, hubV2}}, pulled{"foo.bar:5000/busybox@" + digest, []string{local, foo}}),
		treeCases("spegel: no directory before", source, written, both...),
		treeCases("spegel: a directory before", source, slices.Concat(written, []upstream.File{{Path: CertsRoot + "/_backup", Dir: true}}), both...),
		treeCases("spegel: what was there is put away", source, slices.Concat(written, backup), append(both, moved)...),
		treeCases("spegel: what was put away stays", source, slices.Concat(written, backup, tree("test.txt", "test", "foo", "bar")), append(both, moved)...),
		treeCases("spegel: before what was there", source,
			slices.Concat(old, tree("docker.io/hosts.toml", hub+mirror+existing, "docker.io/hello.txt", "Hello World", "docker.io/nested/cert.tls", "Foo Bar", "foo.bar:5000/hosts.toml", fooServer+mirror)),
			pulled{image, slices.Concat([]string{local}, before, []string{hubV2})}, both[1]),
		treeCases("spegel: instead of what was there", source, slices.Concat(old, written), both...),
		treeCases("spegel: credentials", source, tree("foo.bar:5000/hosts.toml", fooServer+mirror+`[host."http://127.0.0.1:5000".header]
Authorization = "Basic aGVsbG86d29ybGQ="
[host."http://127.0.0.1:5001"]
capabilities = ["pull", "resolve"]
dial_timeout = "200ms"
[host."http://127.0.0.1:5001".header]
Authorization = "Basic aGVsbG86d29ybGQ="
`), pulled{other, []string{local, "http://127.0.0.1:5001/v2", foo}}),
	)
	return append(slices.Concat(eachDialTimeout(all)...), spegelExisting()...)
}

// eachDialTimeout: to containerd 2.0 alone a dial timeout is a TLS setting,
// with which it tries https first where http is written.
func eachDialTimeout(cases []Case) [][]Case {
	out := make([][]Case, len(cases))
	for i, c := range cases {
		first := c
		first.Only, first.Want = []string{"2.0"}, slices.Clone(c.Want)
		for j, request := range first.Want {
			first.Want[j] = strings.Replace(request, "http://127.", "https://127.", 1)
		}
		c.Only = []string{"1.6", "1.7", "2.1", "2.2", "2.3", "2.4"}
		out[i] = []Case{c, first}
	}
	return out
}

// spegelExisting is a file whose tables are all over the place. A pair
// without a key is the directory to containerd, which it cannot read as one.
func spegelExisting() []Case {
	const source = spegelTest + "TestExistingHosts"
	const certs = "/etc/certs/"
	written := func(pairs string) []upstream.File {
		return with(tree("ghcr.io/hosts.toml", `server = "https://registry-1.docker.io"
[host."https://mirror.example"]
capabilities = ["pull"]
ca = "/etc/certs/mirror.pem"
skip_verify = false
[host."https://mirror.example".header]
x-custom-2 = ["value1", "value2"]
[host]
[host."https://mirror-bak.example/us"]
capabilities = ["pull"]
skip_verify = true
[host."http://mirror.example"]
capabilities = ["pull"]
[host."https://test-3.example"]
client = ["/etc/certs/client-1.pem", "/etc/certs/client-2.pem"]
[host."https://test-2.example".header]
x-custom-2 = ["foo"]
[host."https://test-1.example"]
capabilities = ["pull", "resolve", "push"]
ca = ["/etc/certs/test-1-ca.pem", "/etc/certs/special.pem"]
client = `+pairs+`
[host."https://test-2.example"]
client = "/etc/certs/client.pem"
[host."https://non-compliant.example/v2/upstream"]
capabilities = ["pull"]
override_path = true
`), certs+"mirror.pem", certs+"test-1-ca.pem", certs+"special.pem", certs+"client.pem", certs+"client-1.pem", certs+"client-2.pem", certs+"client.cert", certs+"client.key")
	}
	const test1, test2, test3 = "https://test-1.example/v2", "https://test-2.example/v2", "https://test-3.example/v2"
	const byTag, byDigest = "ghcr.io/team/busybox:1", "ghcr.io/team/busybox@" + digest
	keyless := Case{
		Name: "spegel: pair without a key", Source: source, Reference: byTag, Err: "unable to read CERT file",
		Files: written(`[["/etc/certs/client.cert", "/etc/certs/client.key"], ["/etc/certs/client.pem", ""]]`),
	}
	files := written(`[["/etc/certs/client.cert", "/etc/certs/client.key"]]`)
	// test-2's first table is its header. containerd 1.x orders hosts by the
	// first table, as no project expects; 2.x asks a host once for each.
	asks := func(fourth ...string) []pulled {
		only := slices.Concat([]string{test3, test2, test1}, fourth)
		all := append([]string{"https://mirror.example/v2", "https://mirror-bak.example/us/v2", "http://mirror.example/v2"}, only...)
		return []pulled{{byTag, append(only, hubV2)}, {byDigest, append(all, "https://non-compliant.example/v2/upstream", hubV2)}}
	}
	const name = "spegel: tables all over the place"
	return slices.Concat([]Case{keyless},
		heldFor(v1, treeCases(name, source, files, asks()...)),
		heldFor(v2, treeCases(name, source, files, asks(test2)...)))
}
