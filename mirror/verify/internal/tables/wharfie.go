package tables

import "strings"

const wharfieTest = "wharfie v0.7.1 pkg/registries/registries_test.go "

// wharfieEndpoints are the 23 cases about what is asked for an image. wharfie
// pulls by itself and calls Docker Hub index.docker.io; containerd, given the
// same endpoints as files, calls it registry-1.docker.io. An endpoint that is
// no URL is left out of the files, since containerd would refuse the file.
func wharfieEndpoints() []Case {
	const example = "registry.example.com"
	const image, own = "docker.io/library/busybox:1", example + "/busybox:1"
	tree := func(registry string, hosts ...string) hostsTree {
		out := hostsTree{registry: registry}
		for _, h := range hosts {
			out.hosts = append(out.hosts, hostsEntry{url: h})
		}
		return out
	}
	unverified := &hostsEntry{skipVerify: true}
	const mirror, first, second = "https://" + example + "/v2", "https://docker1.example.com/v2", "https://docker2.example.com/v2"
	type trees = []hostsTree
	rows := []struct {
		name, asked string
		trees       trees
	}{
		{"nothing configured", image, nil},
		{"private registry", own, nil},
		{"private registry without verification", own, trees{{example, unverified, nil}}},
		{"no registry is verified", own, trees{{"_default", unverified, nil}}},
		{"no registry but this is not verified", own, trees{{"_default", unverified, nil}, tree(example)}},
		{"private registry at another port", own, trees{tree(example, "http://"+example+":5000/v2")}},
		{"private registry at another port, slash at the end", own, trees{tree(example, "http://"+example+":5000/v2/")}},
		{"another registry is configured", image, trees{tree(example, mirror)}},
		{"one endpoint", image, trees{tree("docker.io", first)}},
		{"two endpoints", image, trees{tree("docker.io", first, second)}},
		{"wildcard", image, trees{tree("_default", mirror)}},
		{"wildcard and the registry itself", image, trees{tree("_default", mirror), tree("docker.io", first)}},
		{"endpoint that is no URL", image, trees{tree("docker.io", first)}},
		{"endpoint that is a path", image, trees{tree("docker.io", first, second)}},
		{"endpoint without a scheme", own, trees{tree(example, "https://"+example+":5000/v2")}},
		{"localhost at another port", "localhost:5000/busybox:1", nil},
		{"localhost at 443", "localhost:443/busybox:1", nil},
		{"loopback address at another port", "127.0.0.1:5000/busybox:1", nil},
		{"loopback address at 443", "127.0.0.1:443/busybox:1", nil},
		{"credentials of the registry", image, nil},
		{"credentials of an endpoint", image, trees{tree("docker.io", first)}},
		{"credentials of the wildcard", image, trees{tree("_default", mirror)}},
		{"credentials of an endpoint over http at a port", image, trees{tree("docker.io", "http://docker1.example.com:5000/v2")}},
	}
	cases := make([]Case, len(rows))
	for i, row := range rows {
		c := Case{Name: "wharfie: " + row.name, Source: wharfieTest + "TestEndpoints", Reference: row.asked, Files: treeFiles("", row.trees)}
		c.Want, c.TLS = treeRequests(row.trees, row.asked)
		for j := range c.Want {
			c.Want[j] = strings.Replace(c.Want[j], "/v2//", "/v2/", 1)
		}
		cases[i] = c
	}
	return cases
}

// wharfieRewrites are the 11 cases about the repository that a mirror is asked
// for. One which puts something before every repository can be said with
// override_path, the others cannot; the rewrite table of k3s' own containerd is
// passed over by its releases.
func wharfieRewrites() []Case {
	const example = "https://registry.example.com/v2"
	const hub, local, k8s = "docker.io", "registry.local", "registry.k8s.io"
	under := func(registry, path string) hostsTree {
		return hostsTree{registry: registry, hosts: []hostsEntry{{url: example + path, override: true}}}
	}
	rewrite := func(registry, line string) hostsTree {
		return hostsTree{registry: registry, hosts: []hostsEntry{{url: example, rewrite: line}}}
	}
	const busybox = hub + "/library/busybox:1"
	rows := []struct {
		name  string
		tree  hostsTree
		asked []string
	}{
		{"no expression", rewrite(hub, `'(.*' = "docker/$1"`), []string{busybox}},
		{"nothing", hostsTree{registry: hub, hosts: []hostsEntry{{url: example}}}, []string{busybox, local + "/test:1"}},
		{"a prefix", under(hub, "/docker"), []string{busybox, local + "/test:1"}},
		{"a prefix and a digest", under(hub, "/docker"), []string{hub + "/library/busybox@" + digest}},
		{"a prefix for a private registry", under(local, "/localimages"), []string{busybox, local + "/test:1"}},
		{"two namespaces", rewrite(hub, `'rancher/(.*)' = "rancher/prod/$1"`), []string{hub + "/rancher/rancher:1", hub + "/longhornio/longhorn-engine:1", busybox}},
		{"the registry's name as prefix", under(hub, "/docker.io"), []string{busybox, local + "/test:1"}},
		{"another registry's name as prefix", under(k8s, "/registry.k8s.io"), []string{busybox, k8s + "/pause:1"}},
		{"a prefix that is no path", rewrite(hub, `'(.*)' = "mirrored-$1"`), []string{busybox}},
		{"a suffix", rewrite(hub, `'(.*)' = "$1/docker"`), []string{busybox}},
		{"slashes to dashes", rewrite(local, `'/' = "-"`), []string{local + "/team1/images/test:1"}},
	}
	var cases []Case
	for _, row := range rows {
		trees := []hostsTree{row.tree}
		for _, reference := range row.asked {
			c := Case{Name: "wharfie: rewrite: " + row.name + ": " + reference, Source: wharfieTest + "TestRewrite", Reference: reference, Files: treeFiles("", trees)}
			c.Want, c.TLS = treeRequests(trees, reference)
			cases = append(cases, c)
		}
	}
	return cases
}
