package docker

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// node is what dockerd finds on a node.
type node struct {
	engine  Engine
	version release.Version
	paths   Paths
	store   ImageStore // never Auto

	// file is daemon.json, an empty one where there is none; nil where it is not JSON.
	file     *DaemonFile
	exists   bool
	mode     fs.FileMode
	bytes    []byte
	mirrors  []Item // normalized, duplicates dropped
	insecure insecureSet

	// certs is certs.d with its hosts.toml files, nil before 28.0; tree is the directory in any version.
	certs *containerd.RegistryHostsView
	tree  *containerd.Tree

	nearby

	// ds is what reading found; refusal the part of it for which dockerd does not start.
	ds, refusal mirror.Diagnostics
}

func (e Engine) read(fsys fs.FS) (*node, error) {
	n := &node{engine: e, paths: e.Paths.withDefaults()}
	n.version, n.ds = parseVersion(e.Version)
	if err := n.ds.Err(); err != nil {
		return nil, err
	}
	if err := n.readDaemon(fsys); err != nil {
		return nil, err
	}
	n.store = e.ImageStore
	if n.store == Auto {
		n.store = Graphdriver
		if n.file != nil {
			n.store = chooseStore(fsys, n.version, n.paths, n.file)
		}
	}
	n.nearby = readNearby(fsys, n.paths)
	return n, n.readCerts(fsys)
}

func (n *node) readDaemon(fsys fs.FS) (err error) {
	n.bytes, n.exists, err = nodefs.ReadFile(fsys, n.paths.Daemon)
	if err != nil {
		what := nodefs.NotAFile(fsys, n.paths.Daemon)
		if what == "" {
			return err
		}
		n.exists = true
		fault := ruleNoFile.At(mirror.Position{File: n.paths.Daemon}, "", "dockerd does not start: "+n.paths.Daemon+" is "+what)
		n.ds, n.refusal = append(n.ds, fault), mirror.Diagnostics{fault}
		return nil
	}
	if n.exists {
		if info, err := nodefs.Stat(fsys, n.paths.Daemon); err == nil && info != nil {
			n.mode = info.Mode().Perm()
		}
	}
	read := n.bytes
	if !wholeFile.Has(n.version) {
		read = n.firstValue()
	}
	n.file, err = ParseDaemonFile(n.paths.Daemon, read)
	if err != nil {
		var fault mirror.Diagnostic
		if !errors.As(err, &fault) {
			return err
		}
		n.file = nil
		n.ds, n.refusal = append(n.ds, fault), mirror.Diagnostics{fault}
		return nil
	}
	var found mirror.Diagnostics
	if n.exists {
		found = n.file.Check(n.engine.Version)
	}
	for _, d := range found {
		if d.Code == unknownVersion.Code || d.Code == oldVersion.Code {
			continue // reported once
		}
		n.ds = append(n.ds, d)
		if d.Severity == mirror.Error {
			n.refusal = append(n.refusal, d)
		}
	}
	seen := map[string]bool{}
	for _, item := range n.file.Mirrors().Items {
		normalized := normal(mirrorsKey, item.Value) + "/"
		if checkMirror(n.version, item.Position, "", item.Value).Err() != nil || seen[normalized] {
			continue
		}
		seen[normalized] = true
		n.mirrors = append(n.mirrors, Item{Value: normalized, Position: item.Position})
	}
	n.insecure = newInsecureSet(n.version, n.file.InsecureRegistries().Items)
	return nil
}

var ruleNoFile = rule(mirror.Rule{Code: "docker/daemon-no-file", Severity: mirror.Error,
	Summary: "a directory, or a loop of links, in place of daemon.json", Consequence: noStart,
	Fix: "put a file there, or take it away", Evidence: "28.5.2 cmd/dockerd/daemon.go loadDaemonCliConfig: only a file that does not exist is passed over"})

var ruleRest = rule(mirror.Rule{Code: "docker/text-after-object", Severity: mirror.Warning,
	Summary: "something stands after the object of daemon.json", Consequence: "dockerd ignores it; from 23.0 on it does not start",
	Fix: "remove what follows the last }", Versions: "< 23.0", Evidence: wholeFile.Source})

// firstValue is what dockerd before 23.0 reads of daemon.json. A file that has no JSON value is left as it is.
func (n *node) firstValue() []byte {
	decoder := json.NewDecoder(bytes.NewReader(n.bytes))
	var value json.RawMessage
	if decoder.Decode(&value) != nil {
		return n.bytes
	}
	end := int(decoder.InputOffset())
	rest := bytes.TrimLeft(n.bytes[end:], " \t\r\n")
	if len(rest) == 0 {
		return n.bytes
	}
	before := n.bytes[:len(n.bytes)-len(rest)]
	at := mirror.Position{File: n.paths.Daemon, Line: 1 + bytes.Count(before, []byte("\n")), Column: len(before) - bytes.LastIndexByte(before, '\n')}
	n.ds = append(n.ds, ruleRest.At(at, "", "dockerd "+n.version.String()+" ignores what stands after the first value"))
	return n.bytes[:end]
}

func (n *node) readCerts(fsys fs.FS) (err error) {
	if !hostsTOML.Has(n.version) {
		n.tree, err = containerd.ReadTree(fsys, n.paths.CertsDir, n.paths.Platform)
		return err
	}
	n.certs, err = n.registryHosts(n.version).Read(fsys)
	if err != nil {
		return err
	}
	n.tree = n.certs.Tree()
	return nil
}

func (n *node) registryHosts(v release.Version) containerd.RegistryHosts {
	return containerd.RegistryHosts{Root: n.paths.CertsDir, Version: resolverVersion(v), Platform: n.paths.Platform, Target: target(n.version)}
}

// resolver reports whether pulls go through containerd's resolver.
func (n *node) resolver() bool { return n.engine.Builder || n.store == Containerd }
