package podman

import (
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var (
	ruleSearchBare = rule(mirror.Rule{
		Code: "podman/search-bare-name", Severity: mirror.Warning,
		Summary:     "a search registry without dot or port",
		Consequence: "it is taken for a namespace of Docker Hub: myreg makes alpine to docker.io/myreg/alpine",
		Fix:         "write the registry's full name or its port",
		Evidence:    "containers/image 5.36.2 pkg/shortnames/shortnames.go Resolve; run against both libraries",
	})
	ruleSearchMirror = rule(mirror.Rule{
		Code: "podman/search-mirror", Severity: mirror.Warning,
		Summary:     "a mirror among the search registries",
		Consequence: "images get another name, library/ is not added, and it is no fallback: the next registry is another image",
		Fix:         "search docker.io, and write the mirror below its [[registry]]",
		Evidence:    "containers/image#2149, #2688, buildah#5034",
	})
)

func lintSearch(l *linter, f *RegistriesFile) {
	d := f.decoded()
	item := d.searchAt.First()
	for _, s := range d.search {
		at, host := item, trimSlash(s)
		item = item.Next()
		if isDomain(host) && !namesRegistry(host) {
			l.add(ruleSearchBare, f.position(at), "unqualified-search-registries", fmt.Sprintf("%q is a namespace here: alpine becomes docker.io/%s/alpine", s, host))
		}
	}
}

// mirrorHosts begin the names of well-known mirrors of Docker Hub.
var mirrorHosts = []string{"docker.m.daocloud.io", "mirror.gcr.io", "hub-mirror.c.163.com", "docker.mirrors.ustc.edu.cn", "docker.1ms.run",
	"dockerproxy.com", "registry.docker-cn.com", "mirror.baidubce.com", "mirror.ccs.tencentyun.com", "dockerhub.timeweb.cloud"}

func lintSearchMirror(l *linter) {
	if l.searchFrom == nil {
		return
	}
	mirrors := map[string]bool{}
	for _, h := range mirrorHosts {
		mirrors[h] = true
	}
	for i := range l.entries {
		for _, m := range l.entries[i].Mirrors {
			mirrors[hostOf(m.Location)] = true
		}
	}
	delete(mirrors, "docker.io") // what other registry it may be a mirror of, it has images of its own
	f := l.searchFrom.doc
	item := f.decoded().searchAt.First()
	for _, s := range l.search {
		at, host := item, trimSlash(s)
		item = item.Next()
		if !at.IsValid() || !mirrors[host] && !strings.HasSuffix(host, ".mirror.aliyuncs.com") {
			continue
		}
		l.add(ruleSearchMirror, f.position(at), "unqualified-search-registries", fmt.Sprintf("%q is a mirror: images pulled through it are named %s/…", s, host))
	}
}
