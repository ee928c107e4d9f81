package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ConfigFile is a config.toml, or a file that one imports, as a document: a
// typed view of what concerns registries, over bytes that are kept. An
// untouched file formats to the bytes it was parsed from.
type ConfigFile struct {
	name string
	doc  *tomledit.Document
}

var ruleConfigSyntax = rule(mirror.Rule{Code: "containerd/config-syntax", Severity: mirror.Error,
	Summary: "a config.toml that is not TOML", Consequence: "containerd does not start", Fix: "mend the syntax",
	Evidence: "2.4.2 cmd/containerd/server/config/config.go loadConfigFile"})

// ParseConfig reads a config.toml. The name is put into positions. The error
// is a mirror.Diagnostic with line and column.
func ParseConfig(name string, data []byte) (*ConfigFile, error) {
	doc, err := tomledit.Parse(data)
	if err != nil {
		d := ruleConfigSyntax.At(mirror.Position{File: name}, "", err.Error())
		if syntax, ok := err.(*tomledit.SyntaxError); ok {
			d.Line, d.Column, d.Message = syntax.Line, syntax.Column, syntax.Message
		}
		return nil, d
	}
	return &ConfigFile{name: name, doc: doc}, nil
}

// Format returns the file's bytes.
func (f *ConfigFile) Format() []byte { return f.doc.Bytes() }

func (f *ConfigFile) at(n tomledit.Node) mirror.Position {
	p := n.Position()
	return mirror.Position{File: f.name, Line: p.Line, Column: p.Column}
}

// Version returns the file's config version, 0 where none is written, which
// containerd takes for 1.
func (f *ConfigFile) Version() int {
	v, _ := f.doc.Lookup("version").AsInt()
	return int(min(max(v, 0), 1<<20))
}

// Imports returns the files and patterns that are loaded after this one.
func (f *ConfigFile) Imports() []string {
	list, _ := f.doc.Lookup("imports").AsStrings()
	return list
}

// PluginKey is the name under which a config version keeps the settings of
// the CRI plugin that concern images.
type PluginKey uint8

const (
	// KeyImages is "io.containerd.cri.v1.images", of config versions 3 and 4.
	KeyImages PluginKey = iota
	// KeyGRPC is "io.containerd.grpc.v1.cri", of version 2.
	KeyGRPC
	// KeyCRI is "cri", of version 1.
	KeyCRI
)

var pluginKeys = []PluginKey{KeyImages, KeyGRPC, KeyCRI}

// String returns the key as it stands below [plugins].
func (k PluginKey) String() string {
	switch k {
	case KeyImages:
		return "io.containerd.cri.v1.images"
	case KeyGRPC:
		return "io.containerd.grpc.v1.cri"
	case KeyCRI:
		return "cri"
	default:
		return fmt.Sprintf("PluginKey(%d)", uint8(k))
	}
}

// plugin returns the plugin's table; not valid where there is none.
func (f *ConfigFile) plugin(k PluginKey) tomledit.Node { return f.doc.Lookup("plugins", k.String()) }

// registry returns the plugin's registry table; not valid where there is
// none.
func (f *ConfigFile) registry(k PluginKey) tomledit.Node { return f.plugin(k).Child("registry") }

// ConfigPath returns config_path below a plugin's registry table; ok is false
// where it is not written.
func (f *ConfigFile) ConfigPath(k PluginKey) (value string, ok bool) {
	return f.registry(k).Child("config_path").AsString()
}
