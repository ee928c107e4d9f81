package tables

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// hostsTree is one directory of certs.d, as the projects describe it whose
// tables are about endpoints rather than files. An outcome of theirs is put
// here as it stands, and becomes both the hosts.toml that says it and the
// requests that it means.
type hostsTree struct {
	// registry is host[:port], or "_default".
	registry string
	// server is the default endpoint: its URL empty where only settings are
	// given for it.
	server *hostsEntry
	hosts  []hostsEntry
}

// hostsEntry is an endpoint. The path of its URL is written out, /v2 too.
type hostsEntry struct {
	url      string
	override bool
	// ca, client and skipVerify are its TLS settings.
	ca, client, skipVerify bool
	// rewrite is a line of a table that no release of containerd knows.
	rewrite string
}

const (
	treeCA   = "/etc/pki/server-ca.pem"
	treeCert = "/etc/pki/client.pem"
	treeKey  = "/etc/pki/client.key"
)

// treeFiles are the files of trees, each begun by the header of the program
// that writes them, and the certificates that they name.
func treeFiles(header string, trees []hostsTree) []upstream.File {
	var out []upstream.File
	certificates := false
	for _, tree := range trees {
		text := header
		if s := tree.server; s != nil {
			if s.url != "" {
				text += fmt.Sprintf("server = %q\ncapabilities = [\"pull\", \"resolve\", \"push\"]\n", s.url)
			}
			text += s.tls()
		}
		text += "\n[host]\n"
		for _, h := range tree.hosts {
			text += fmt.Sprintf("[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", h.url)
			if h.override {
				text += "  override_path = true\n"
			}
			text += h.tls()
			if h.rewrite != "" {
				text += fmt.Sprintf("  [host.%q.rewrite]\n    %s\n", h.url, h.rewrite)
			}
		}
		certificates = certificates || strings.Contains(text, treeCA)
		dir := tree.registry
		if host, port, found := strings.Cut(dir, ":"); found {
			dir = host + "_" + port + "_"
		}
		out = append(out, file(CertsRoot+"/"+dir+"/hosts.toml", text))
	}
	if certificates {
		pair := Certificate()
		out = append(out, upstream.File{Path: treeCA, Data: pair.Cert}, upstream.File{Path: treeCert, Data: pair.Cert}, upstream.File{Path: treeKey, Data: pair.Key})
	}
	return out
}

func (h hostsEntry) tls() string {
	var text string
	if h.ca {
		text += fmt.Sprintf("  ca = [%q]\n", treeCA)
	}
	if h.client {
		text += fmt.Sprintf("  client = [[%q, %q]]\n", treeCert, treeKey)
	}
	if h.skipVerify {
		text += "  skip_verify = true\n"
	}
	return text
}

// treeRequests are what containerd asks for reference: the hosts of the tree
// that is its registry's own, or else of _default, and after them the server.
// Where that is not named containerd takes the registry itself.
func treeRequests(trees []hostsTree, reference string) (want []string, tls []upstream.TLS) {
	domain, rest, _ := strings.Cut(reference, "/")
	var walked []hostsEntry
	own := defaultEndpoint(domain)
	for _, registry := range []string{domain, "_default"} {
		tree := treeOf(trees, registry)
		if tree == nil {
			continue
		}
		walked = append(walked, tree.hosts...)
		if tree.server != nil {
			url := own.url
			own = *tree.server
			if own.url == "" {
				own.url = url
			}
		}
		break
	}
	for _, h := range append(walked, own) {
		if h.tls() != "" {
			// Settings for TLS make containerd try it where http is written.
			h.url = strings.Replace(h.url, "http://", "https://", 1)
		}
		want = append(want, "HEAD "+h.url+"/"+manifestPath(rest)+namespaceQuery(h.url, domain))
		settings := upstream.TLS{SkipVerify: h.skipVerify}
		if h.ca {
			settings.CAs = 1
		}
		if h.client {
			settings.ClientCerts = 1
		}
		tls = append(tls, settings)
	}
	return want, tls
}

func treeOf(trees []hostsTree, registry string) *hostsTree {
	for i := range trees {
		if trees[i].registry == registry {
			return &trees[i]
		}
	}
	return nil
}

// defaultEndpoint is where a registry is without any configuration. One on
// this node is asked over http at port 80, and elsewhere over https without
// verification (containerd falls back to http).
func defaultEndpoint(domain string) hostsEntry {
	host, port, _ := strings.Cut(domain, ":")
	switch local := host == "localhost" || host == "127.0.0.1"; {
	case domain == "docker.io":
		return hostsEntry{url: "https://registry-1.docker.io/v2"}
	case local && port == "80":
		return hostsEntry{url: "http://" + domain + "/v2"}
	default:
		return hostsEntry{url: "https://" + domain + "/v2", skipVerify: local}
	}
}

// manifestPath is what is asked for a repository with a tag or a digest.
func manifestPath(rest string) string {
	if repository, digest, found := strings.Cut(rest, "@"); found {
		return repository + "/manifests/" + digest
	}
	repository, tag, _ := strings.Cut(rest, ":")
	return repository + "/manifests/" + tag
}

// namespaceQuery tells a mirror which registry is meant.
func namespaceQuery(base, domain string) string {
	_, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	if host == domain || host == "registry-1.docker.io" && domain == "docker.io" {
		return ""
	}
	return "?ns=" + url.QueryEscape(domain)
}
