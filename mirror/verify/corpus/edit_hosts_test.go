package corpus

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

func onHosts(change func(*containerd.HostsFile) error) verb {
	return func(data []byte) ([]byte, error) {
		f, err := containerd.ParseHosts("hosts.toml", data)
		if err != nil {
			return nil, err
		}
		err = change(f)
		return f.Format(), err
	}
}

// hostEdits are the verbs of HostsFile that apply to a file.
func hostEdits(t *testing.T, s sample) []edit {
	f, err := containerd.ParseHosts(s.path, s.data)
	require.NoError(t, err)
	value := f.Hosts()
	hosts := value.Hosts
	// Hosts that no header names are decoded and then dropped by containerd
	// 2, so that who is asked is another question.
	plain := !strings.Contains(s.name, "inline") && !strings.Contains(s.name, "dotted") && !strings.Contains(s.name, "header-only")
	var out []edit
	add := func(e edit) {
		if plain && s.namespace() != "*" {
			e.reference = s.namespace() + "/team/app:1"
		}
		out = append(out, e)
	}
	const url = "https://new.mirror.example"
	fresh := containerd.Host{URL: url, Settings: containerd.Settings{Capabilities: []string{"pull", "resolve"}}}
	inserted := func(before, after []byte) error {
		return onlyInserts(before, after,
			`[host."`+url+`"]capabilities=["pull","resolve"]`, `"`+url+`"={capabilities=["pull","resolve"]}`, `host."`+url+`"={capabilities=["pull","resolve"]}`)
	}
	drop := onHosts(func(f *containerd.HostsFile) error { return f.DropHost(url) })
	resolving := 0 // hosts that are asked for a tag
	for _, h := range hosts {
		if len(h.Capabilities) == 0 || strings.Contains(strings.Join(h.Capabilities, " "), "resolve") {
			resolving++
		}
	}
	add(edit{name: "AddHost", once: true, undo: drop, text: inserted, leaves: []string{"/host/" + url},
		do: onHosts(func(f *containerd.HostsFile) error { return f.AddHost(fresh) }), asked: insertAt(resolving, url)})
	add(edit{name: "InsertHost", once: true, undo: drop, text: inserted, leaves: []string{"/host/" + url},
		do: onHosts(func(f *containerd.HostsFile) error { return f.InsertHost(0, fresh) }), asked: insertAt(0, url)})
	add(serverEdit(&value))
	add(edit{name: "UpdateRoot", do: onHosts(func(f *containerd.HostsFile) error {
		s := f.Hosts().Settings.Clone()
		s.CA = []string{"/etc/ssl/new/ca.pem"}
		return f.UpdateRoot(s)
	}), undo: onHosts(func(f *containerd.HostsFile) error { return f.UpdateRoot(value.Settings) }), leaves: []string{"/ca"},
		text: func(before, after []byte) error {
			if len(value.CA) > 0 {
				return onlyReplaces(before, after, value.CA[0], "/etc/ssl/new/ca.pem")
			}
			return onlyInserts(before, after, `ca="/etc/ssl/new/ca.pem"`)
		}})
	for i, h := range hosts[:min(len(hosts), 3)] {
		add(dropEdit(s, h))
		skip := skipEdit(h)
		if strings.Contains(s.name, "header-only") && i == 0 {
			skip.undo = nil // the header that the key needs stays
		}
		add(skip)
		if i > 0 {
			add(edit{name: "MoveHost " + h.URL, do: onHosts(func(f *containerd.HostsFile) error { return f.MoveHost(h.URL, 0) }),
				undo: onHosts(func(f *containerd.HostsFile) error { return f.MoveHost(h.URL, i) }), text: onlyMoves,
				asked: func(hosts []string) []string {
					if at := without(origin(h.URL))(append([]string(nil), hosts...)); len(at) < len(hosts) {
						return insertAt(0, origin(h.URL))(at)
					}
					return hosts
				}})
		}
	}
	return out
}

func origin(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// serverEdit names another upstream.
func serverEdit(value *containerd.Hosts) edit {
	old, other := value.Server, "https://other.upstream.example"
	return edit{name: "SetServer", leaves: []string{"/server"},
		do:   onHosts(func(f *containerd.HostsFile) error { return f.SetServer(other) }),
		undo: onHosts(func(f *containerd.HostsFile) error { return f.SetServer(old) }),
		text: func(before, after []byte) error {
			if old == "" {
				return onlyInserts(before, after, `server="`+other+`"`)
			}
			return onlyReplaces(before, after, old, other)
		},
		asked: func(hosts []string) []string {
			if len(hosts) > 0 {
				hosts[len(hosts)-1] = other
			}
			return hosts
		}}
}

// dropEdit removes a host. Its text is found by its header; where hosts are
// written otherwise the values alone are compared.
func dropEdit(s sample, h containerd.Host) edit {
	return edit{name: "DropHost " + h.URL, once: true, leaves: []string{"/host/" + h.URL},
		do: onHosts(func(f *containerd.HostsFile) error { return f.DropHost(h.URL) }),
		text: func(before, after []byte) error {
			text := block(before, `[host."`+h.URL+`"`, "")
			if text == "" {
				return onlyShrinks(before, after)
			}
			return onlyRemoves(before, after, text)
		}, asked: without(origin(h.URL))}
}

// onlyShrinks fails when an edit put anything in.
func onlyShrinks(before, after []byte) error {
	for _, c := range changes(before, after) {
		if c.added != "" {
			return errPutIn(c.added)
		}
	}
	return nil
}

// skipEdit sets a key of a host that is not there, or turns it round.
func skipEdit(h containerd.Host) edit {
	set := h.Settings.Clone()
	set.SkipVerify = mirror.On
	return edit{name: "UpdateHost " + h.URL, leaves: []string{"/host/" + h.URL + "/skip_verify"},
		do:   onHosts(func(f *containerd.HostsFile) error { return f.UpdateHost(h.URL, set) }),
		undo: onHosts(func(f *containerd.HostsFile) error { return f.UpdateHost(h.URL, h.Settings) }),
		text: func(before, after []byte) error {
			if h.SkipVerify.IsSet() {
				return onlyReplaces(before, after, "skip_verify=false", "skip_verify=true")
			}
			return onlyInserts(before, after, "skip_verify=true", `host."`+h.URL+`".skip_verify=true`, `[host."`+h.URL+`"]skip_verify=true`)
		}}
}

func TestEditHosts(t *testing.T) {
	for _, s := range samples(t, hostsKind) {
		for _, e := range hostEdits(t, s) {
			t.Run(s.name+"/"+e.name, func(t *testing.T) { e.run(t, s) })
		}
	}
}
