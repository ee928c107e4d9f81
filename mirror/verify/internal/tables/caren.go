package tables

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

const carenTest = "cluster-api-runtime-extensions-nutanix a3310a60 pkg/handlers/generic/mutation/generic/mirrors/containerd_files_test.go "

// carenHosts: one mirror for all registries, with the whole path in its URL.
// The CA of a registry is put where it makes a directory of that registry's
// own, for which _default then no longer holds.
func carenHosts() []Case {
	const source = carenTest + "Test_generateContainerdDefaultHostsFile"
	const quay = "quay.io/team/busybox:1"
	all := func(base, more string) []upstream.File {
		return tree("_default/hosts.toml", "[host.\""+base+"\"]\ncapabilities = [\"pull\", \"resolve\"]\n"+more+"override_path = true\n")
	}
	const ecr, mirror = "https://o-0123456789.dkr.ecr.us-east-1.amazonaws.com/v2", "https://mymirror.com/v2"
	const mirrorCA, registryCA, addressCA = CertsRoot + "/mymirror.com/ca.crt", CertsRoot + "/myregistry.com/ca.crt", CertsRoot + "/172.100.0.10:5000/ca.crt"
	const caSource, exampleCA = carenTest + "Test_generateRegistryCACertFiles", CertsRoot + "/registry.example.com/ca.crt"
	secured := all(mirror, "ca = \""+mirrorCA+"\"\n")
	registry := pulled{"myregistry.com/busybox:1", []string{"https://myregistry.com/v2"}}
	return slices.Concat(
		treeCases("caren: mirror", source, all(ecr, ""), pulled{quay, []string{ecr, "https://quay.io/v2"}}),
		treeCases("caren: mirror with a path", source, all(ecr+"/myproject", ""), pulled{quay, []string{ecr + "/myproject", "https://quay.io/v2"}}),
		treeCases("caren: mirror with a CA, registry without", source, with(slices.Clone(secured), mirrorCA),
			pulled{quay, []string{mirror, "https://quay.io/v2"}}, pulled{"myregistry.com/busybox:1", []string{mirror, "https://myregistry.com/v2"}}),
		treeCases("caren: mirror and registries with CAs", source, with(slices.Clone(secured), mirrorCA, registryCA, addressCA),
			pulled{quay, []string{mirror, "https://quay.io/v2"}}, registry, pulled{"172.100.0.10:5000/myproject/busybox:1", []string{"https://172.100.0.10:5000/v2"}}),
		treeCases("caren: registry with a CA", source, with(nil, registryCA), registry),
		treeCases("caren: mirror and registry on one host", caSource, with(all("https://registry.example.com/v2/mirror", "ca = \""+exampleCA+"\"\n"), exampleCA),
			pulled{quay, []string{"https://registry.example.com/v2/mirror", "https://quay.io/v2"}},
			pulled{"registry.example.com/library/busybox:1", []string{"https://registry.example.com/v2"}}),
	)
}
