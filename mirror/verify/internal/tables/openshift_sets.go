package tables

const (
	mcoTest      = "machine-config-operator 7ff337a pkg/controller/container-runtime-config/helpers_test.go "
	ocMirrorTest = "oc-mirror 855b64a internal/pkg/clusterresources/clusterresources_test.go "
)

// ScopeSets returns the outcomes of runtime-utils, of the operator that calls
// it and of oc-mirror, whose mirror sets are input to it.
func ScopeSets() []ScopeSet {
	const edit, merge = runtimeUtils + "TestEditRegistriesConfig", runtimeUtils + "TestMergedMirrorSets"
	abc := func(domain string) scope {
		return scope{name: "source." + domain, digests: []string{"z1." + domain, "y2." + domain, "x3." + domain}}
	}
	never := abc("example.net")
	never.blocked = true
	blockedAndInsecure := []scope{
		{name: "blocked.com", blocked: true},
		{name: "*.blocked.insecure-example.com", blocked: true, insecure: true},
		{name: "*.blocked-example.com", blocked: true},
		{name: "insecure.com", insecure: true},
		{name: "*.insecure-example.com", insecure: true},
		{name: "*.insecure.blocked-example.com", blocked: true, insecure: true},
	}
	mirrored := func(in string) []scope {
		return []scope{
			{name: "blocked.com/" + in + "-b/ns2-b", blocked: true, digests: []string{"other.com/ns-o2", "insecure.com/ns-i2"}, untrusted: []string{"insecure.com/ns-i2"}},
			{name: "insecure.com/" + in + "-i1", insecure: true, digests: []string{"blocked.com/ns-b1", "other.com/ns-o1"}},
			{name: "other.com/" + in + "-o3", digests: []string{"insecure.com/ns-i2", "blocked.com/ns-b/ns3-b", "foo.insecure-example.com/bar"},
				untrusted: []string{"insecure.com/ns-i2", "foo.insecure-example.com/bar"}},
		}
	}
	both := func(letter string, more ...string) scope {
		domain := ".registry-" + letter + ".com"
		return scope{name: domain[1:], digests: append([]string{"mirror-digest-1" + domain, "mirror-digest-2" + domain}, more...),
			tags: []string{"mirror-tag-1" + domain, "mirror-tag-2" + domain}}
	}
	digestsOnly := func(letter string) scope {
		sc := both(letter)
		sc.tags = nil
		return sc
	}
	neverA, neverB := digestsOnly("a"), both("b")
	neverA.blocked, neverB.blocked = true, true
	inside := func(name, at string) scope {
		return scope{name: "primary.com/top" + name, digests: []string{"mirror.com/" + at}, tags: []string{"mirror-tag.com/" + at}}
	}
	nested := []scope{inside("", "primary"), inside("/insecure/more-specific", "more-specific"), inside("/blocked", "primary/blocked"), inside("/insecure", "primary/insecure")}
	nested[1].insecure, nested[2].blocked, nested[3].insecure = true, true, true
	byDigest := make([]scope, len(nested))
	for i, sc := range nested {
		sc.tags = nil
		byDigest[i] = sc
	}
	merged := append(mirrored("ns-icsp"), mirrored("ns-idms")...)
	merged = append(merged, scope{name: "insecure.com/ns-dupe-i1", insecure: true, digests: []string{"other.com/ns-o1", "other.com/ns-o2", "other.com/ns-o3"}})
	single := func(letter, name string) []string {
		return []string{"mirror-" + name + "-1.registry-" + letter + ".com"}
	}

	sets := []ScopeSet{
		{"openshift: unchanged", edit, nil},
		{"openshift: insecure and blocked", edit, []scope{
			{name: "blocked.com", blocked: true}, {name: "common.com", insecure: true, blocked: true}, {name: "docker.io", blocked: true},
			{name: "registry.access.redhat.com", insecure: true}, {name: "insecure.com", insecure: true},
		}},
		// A content source policy and a digest mirror set that say the same.
		{"openshift: insecure and blocked wildcards", edit, append(mirrored("ns"), blockedAndInsecure...)},
		{"openshift: tag mirrors", edit, []scope{{name: "registry-a.com", tags: single("a", "tag")}, {name: "registry-b.com", tags: single("b", "tag")}}},
		{"openshift: digest and tag mirrors", edit, []scope{both("a"), both("b")}},
		{"openshift: source never contacted", edit, []scope{neverA, neverB, digestsOnly("c")}},
		{"openshift: scopes inside a mirrored one", edit, nested},
		{"openshift: scopes inside one mirrored for digests", edit, byDigest},
		{"openshift: policies and sets merged", edit, append(merged, blockedAndInsecure...)},
		{"openshift: a policy and sets", edit, []scope{
			{name: "registry-a.com", digests: single("a", "icsp")}, {name: "registry-b.com", digests: single("b", "digest")}, {name: "registry-c.com", tags: single("c", "tag")},
		}},
		{"openshift: a policy merged into sets", mcoTest + "TestUpdateRegistriesConfig", []scope{
			both("a", "mirror-icsp-1.registry-a.com"), both("b", "mirror-icsp-1.registry-b.com"),
			{name: "registry-c.com", digests: []string{"mirror-icsp-1.registry-c.com", "mirror-icsp-2.registry-c.com"}},
		}},
		{"openshift: separate sources", merge, []scope{abc("example.com"), abc("example.net")}},
		{"openshift: separate sources, one never contacted", merge, []scope{abc("example.com"), never}},
		{"openshift: source among its mirrors", merge, []scope{{name: "source.example.com", digests: []string{"z1.example.com", "source.example.com", "y2.example.com", "x3.example.com"}}}},
		{"openshift: vendors and local mirrors", merge, []scope{
			{name: "source.vendor.com", digests: []string{"local-mirror.example.com", "registry2.vendor.com"}},
			{name: "source.vendor2.com", digests: []string{"local-mirror2.example.com", "registry1.vendor2.com", "registry2.vendor2.com"}},
		}},
	}
	return append(sets, ocMirrorSets()...)
}

// ocMirrorSets: the mirror's name has a dot here. One without is not the name
// of a registry to the library.
func ocMirrorSets() []ScopeSet {
	const to, quay = "myregistry.example/mynamespace/", "quay.io/openshift-release-dev"
	digests := func(source, at string) scope { return scope{name: source, digests: []string{at}} }
	tags := func(source, at string) scope { return scope{name: source, tags: []string{at}} }
	release := []scope{digests(quay+"/ocp-v4.0-art-dev", to+"openshift/release"), {name: quay + "/ocp-release", digests: []string{to + "openshift/release-images"}, tags: []string{to + "openshift/release-images"}}}
	const within = "myregistry.example/openshift-release-dev/ocp-release/openshift/release"
	return []ScopeSet{
		{"oc-mirror: release", ocMirrorTest + "TestGenerateIDMS, TestGenerateITMS", release},
		{"oc-mirror: release in the mirror's path", ocMirrorTest + "TestGenerateIDMS, TestGenerateITMS", []scope{digests(quay+"/ocp-v4.0-art-dev", within), {name: quay + "/ocp-release", digests: []string{within + "-images"}, tags: []string{within + "-images"}}}},
		{"oc-mirror: digests alone", ocMirrorTest + "TestGenerateImageMirrors", []scope{digests(quay, to+"openshift-release-dev")}},
		{"oc-mirror: operators by digest", ocMirrorTest + "TestGenerateImageMirrors", []scope{
			digests("quay.io/openshift-community-operators", to+"openshift-community-operators"), digests("registry.redhat.io", "myregistry.example/mynamespace"), digests(quay, to+"openshift-release-dev"),
		}},
		{"oc-mirror: mixed by tag", ocMirrorTest + "TestGenerateImageMirrors", []scope{
			tags("gcr.io/kubebuilder", to+"kubebuilder"), tags("quay.io/cockroachdb", to+"cockroachdb"), tags("quay.io/helmoperators", to+"helmoperators"), tags("registry.redhat.io/ubi8", to+"ubi8"),
		}},
		{"oc-mirror: repositories by digest", ocMirrorTest + "TestGenerateImageMirrors", []scope{
			digests("quay.io/openshift-community-operators/cockroachdb", to+"openshift-community-operators/cockroachdb"),
			digests("registry.redhat.io/ubi8-minimal", to+"ubi8-minimal"), digests(quay+"/ocp-v4.0-art-dev", to+"openshift-release-dev/ocp-v4.0-art-dev"),
		}},
		{"oc-mirror: nested paths by tag", ocMirrorTest + "TestGenerateImageMirrors", []scope{tags("quay.io/cockroachdb/cockroach-helm-operator", to+"cockroachdb-cockroach-helm-operator")}},
	}
}
