package catalog_test

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/catalog"
)

func ExampleDaoCloud() {
	for _, r := range catalog.DaoCloud().Registries[:3] {
		fmt.Println(r.Prefix, r.Mirrors[0].URL, r.Mirrors[0].Capabilities)
	}
	// Output:
	// cr.l5d.io https://l5d.m.daocloud.io pull,resolve
	// docker.elastic.co https://elastic.m.daocloud.io pull,resolve
	// docker.io https://docker.m.daocloud.io pull,resolve
}

func ExampleCatalog_MirrorsFor() {
	for _, m := range catalog.Default().MirrorsFor("registry.k8s.io", catalog.Alive) {
		fmt.Println(m.Provider, m.URL, m.AsOf)
	}
	// Output:
	// daocloud https://k8s.m.daocloud.io 2026-08-21
	// alduin https://k8s.alduin.net
}

func ExampleProvider_AddPrefix() {
	daocloud, _ := catalog.Default().Provider("daocloud")
	added, _ := daocloud.AddPrefix("k8s.gcr.io/coredns/coredns")
	replaced, _ := daocloud.ReplacePrefix("k8s.gcr.io/coredns/coredns")
	back, _ := daocloud.Original(replaced)
	fmt.Println(added)
	fmt.Println(replaced)
	fmt.Println(back)
	// Output:
	// m.daocloud.io/k8s.gcr.io/coredns/coredns
	// k8s-gcr.m.daocloud.io/coredns/coredns
	// k8s.gcr.io/coredns/coredns
}

// A provider's list as it is published today, in its own format.
func ExampleReadAllowList() {
	list, _, err := catalog.ReadAllowList("allows.txt", strings.NewReader("docker.io/*\ndocker.io/grafana/*\ngcr.io/**\n"))
	if err != nil {
		panic(err)
	}
	for _, image := range []string{"nginx:1.27", "grafana/grafana", "quay.io/team/app"} {
		pattern, ok, _ := list.Match(image)
		fmt.Println(image, ok, pattern.Text)
	}
	// Output:
	// nginx:1.27 true docker.io/*
	// grafana/grafana true docker.io/grafana/*
	// quay.io/team/app false
}

// A catalog of one's own, laid over the embedded one.
func ExampleParse() {
	own, found := catalog.Parse("own.toml", []byte(`
[[provider]]
name = "corp"
  [[provider.table]]
  source = "wiki"
    [[provider.table.mirror]]
    registry = "docker.io"
    url = "https://harbor.corp"
    repository = "hub"
    stat = "alive"
`))
	fmt.Println(found.Err())
	fmt.Println(len(catalog.Default().With(own).Providers) == len(catalog.Default().Providers))
	// Output:
	// own.toml:10:5: error: provider[0].table[0].mirror[0].stat: the key "stat" is not known; write "state" [catalog/unknown-key]
	// true
}
