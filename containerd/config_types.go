package containerd

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// valueType is what a key of the daemon's own configuration holds.
type valueType struct {
	name string // for sentences
	fits func(tomledit.Node) bool
}

var (
	aString = valueType{"a string", func(n tomledit.Node) bool { _, ok := n.AsString(); return ok }}
	anInt   = valueType{"a whole number", func(n tomledit.Node) bool { _, ok := n.AsInt(); return ok }}
	aBool   = valueType{"true or false", func(n tomledit.Node) bool { _, ok := n.AsBool(); return ok }}
	aList   = valueType{"a list of strings", func(n tomledit.Node) bool { _, ok := n.AsStrings(); return ok }}
	aTable  = valueType{"a table", tomledit.Node.IsTable}
)

// serverKey is a key of the daemon's own configuration. An element "*" of its
// path stands for every key there.
type serverKey struct {
	path []string
	kind valueType
	in   release.Span
}

func keysOf(in release.Span, kind valueType, table []string, keys ...string) (rows []serverKey) {
	for _, k := range keys {
		rows = append(rows, serverKey{append(table[:len(table):len(table)], k), kind, in})
	}
	return rows
}

// serverKeys are the fields of Config (1.6.36 and 1.7.35
// services/server/config/config.go; 2.0.14, 2.1.9, 2.2.9, 2.3.5 and 2.4.2
// cmd/containerd/server/config/config.go). containerd does not start with a
// value of another type. Of the key version config_names.go knows more.
var serverKeys = func() (rows []serverKey) {
	var always release.Span
	add := func(in release.Span, kind valueType, table []string, keys ...string) {
		rows = append(rows, keysOf(in, kind, table, keys...)...)
	}
	add(always, aString, nil, "root", "state", "temp")
	add(release.Before("2.1"), aString, nil, "plugin_dir")
	add(always, anInt, nil, "oom_score")
	add(always, aList, nil, "imports", "disabled_plugins", "required_plugins")
	add(always, aTable, nil, "grpc", "ttrpc", "debug", "metrics", "cgroup", "plugins", "proxy_plugins", "timeouts", "stream_processors")
	add(always, aString, []string{"grpc"}, "address", "tcp_address", "tcp_tls_ca", "tcp_tls_cert", "tcp_tls_key")
	add(release.From("2.2"), aString, []string{"grpc"}, "tcp_tls_common_name")
	add(always, anInt, []string{"grpc"}, "uid", "gid", "max_recv_message_size", "max_send_message_size")
	add(always, aString, []string{"ttrpc"}, "address")
	add(always, anInt, []string{"ttrpc"}, "uid", "gid")
	add(always, aString, []string{"debug"}, "address", "level", "format")
	add(always, anInt, []string{"debug"}, "uid", "gid")
	add(release.From("2.3"), aBool, []string{"debug"}, "log_trace_id")
	add(always, aString, []string{"metrics"}, "address")
	add(always, aBool, []string{"metrics"}, "grpc_histogram")
	add(always, aString, []string{"cgroup"}, "path")
	add(release.Before("2.0"), aTable, []string{"plugins"}, "*")
	add(always, aString, []string{"timeouts"}, "*")
	add(always, aTable, []string{"proxy_plugins"}, "*")
	add(always, aString, []string{"proxy_plugins", "*"}, "type", "address")
	add(always, aString, []string{"proxy_plugins", "*"}, "platform")
	add(always, aTable, []string{"proxy_plugins", "*"}, "exports")
	add(always, aString, []string{"proxy_plugins", "*", "exports"}, "*")
	add(release.From("1.7"), aList, []string{"proxy_plugins", "*"}, "capabilities")
	add(always, aTable, []string{"stream_processors"}, "*")
	add(always, aList, []string{"stream_processors", "*"}, "accepts", "args", "env")
	add(always, aString, []string{"stream_processors", "*"}, "returns", "path")
	return rows
}()

// checkTypes refuses values that the daemon's own configuration cannot hold.
func (s *configSet) checkTypes(v release.Version) {
	for _, f := range s.files {
		for _, row := range serverKeys {
			if (release.Feature{In: []release.Span{row.in}}).Has(v) {
				s.checkType(f, f.doc.Root(), row.path, row.kind, v)
			}
		}
	}
}

func (s *configSet) checkType(f *ConfigFile, n tomledit.Node, path []string, kind valueType, v release.Version) {
	switch {
	case len(path) > 0 && path[0] == "*":
		for c := range n.Children() {
			s.checkType(f, c, path[1:], kind, v)
		}
	case len(path) > 0:
		if n.IsTable() {
			s.checkType(f, n.Child(path[0]), path[1:], kind, v)
		}
	case !n.IsValid() || kind.fits(n):
	case n.Kind() == tomledit.Table && n.Len() == 0 && kind.name != aList.name && skippedUnchecked.Has(v):
	default:
		d := ruleConfigType.At(f.at(n), n.Name(), fmt.Sprintf("%s must be %s, and is %s: containerd does not start", n.Name(), kind.name, n.Kind()))
		d.Fix = "write " + kind.name
		s.refuse(d)
	}
}
