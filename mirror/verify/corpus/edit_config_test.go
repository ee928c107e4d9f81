package corpus

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
)

func onConfig(change func(*containerd.ConfigFile) error) verb {
	return func(data []byte) ([]byte, error) {
		f, err := containerd.ParseConfig("config.toml", data)
		if err != nil {
			return nil, err
		}
		err = change(f)
		return f.Format(), err
	}
}

// configEdits are the verbs of ConfigFile that apply to a file.
func configEdits(t *testing.T, s sample) []edit {
	f, err := containerd.ParseConfig(s.path, s.data)
	require.NoError(t, err)
	key := s.key()
	below := "/plugins/" + key.String() + "/registry/"
	const dir = "/srv/certs.d"
	old, had := f.ConfigPath(key)
	set := edit{name: "SetConfigPath", leaves: []string{below + "config_path"},
		do:   onConfig(func(f *containerd.ConfigFile) error { return f.SetConfigPath(key, dir) }),
		text: func(before, after []byte) error { return putsInKey(before, after, `config_path="`+dir+`"`) }}
	out := []edit{}
	if had {
		set.undo = onConfig(func(f *containerd.ConfigFile) error { return f.SetConfigPath(key, old) })
		set.text = func(before, after []byte) error { return onlyReplaces(before, after, `"`+old+`"`, `"`+dir+`"`) }
		out = append(out, edit{name: "ClearConfigPath", leaves: []string{below + "config_path"},
			do: onConfig(func(f *containerd.ConfigFile) error { return f.ClearConfigPath(key) }),
			text: func(before, after []byte) error {
				return onlyRemoves(before, after, keyText(before, "config_path", old))
			}})
	}
	out = append(out, set)
	if key == containerd.KeyImages {
		out = append(out, edit{name: "SetLocalImagePull", since: "2.1", leaves: []string{"/plugins/" + key.String() + "/use_local_image_pull"},
			do: onConfig(func(f *containerd.ConfigFile) error { return f.SetLocalImagePull(true) }),
			text: func(before, after []byte) error {
				if bytes.Contains(before, []byte("use_local_image_pull = false")) {
					return onlyReplaces(before, after, "use_local_image_pull=false", "use_local_image_pull=true")
				}
				if bytes.Contains(before, []byte("use_local_image_pull")) {
					return onlyInserts(before, after, "")
				}
				return putsInKey(before, after, "use_local_image_pull=true")
			}})
	}
	out = append(out, edit{name: "SetEndpoints", leaves: []string{below + "mirrors/new.example/endpoint"},
		do: onConfig(func(f *containerd.ConfigFile) error {
			return f.SetEndpoints(key, "new.example", "https://new.mirror.example")
		}),
		text: func(before, after []byte) error {
			return putsInKey(before, after, `endpoint=["https://new.mirror.example"]`, `"new.example"={endpoint=["https://new.mirror.example"]}`)
		}})
	for _, ns := range []string{"docker.io", "quay.io", "registry.k8s.io", "*", "reg.corp.example:5000"} {
		if text := block(s.data, "[plugins."+plain(key)+`.registry.mirrors."`+ns+`"]`, ""); text != "" {
			out = append(out, edit{name: "DropEndpoints " + ns, leaves: []string{below + "mirrors/" + ns},
				do:   onConfig(func(f *containerd.ConfigFile) error { return f.DropEndpoints(key, ns) }),
				text: func(before, after []byte) error { return onlyRemoves(before, after, text, text+mirrorsHeader(before)) }})
		}
	}
	out = append(out, edit{name: "DropMirrors", leaves: []string{below + "mirrors"}, text: onlyShrinks,
		do: onConfig(func(f *containerd.ConfigFile) error { return f.DropMirrors(key) })})
	out = append(out, edit{name: "DropHostTLS", leaves: []string{below + "configs/*/tls"}, text: onlyShrinks,
		do: onConfig(func(f *containerd.ConfigFile) error { return f.DropHostTLS(key) })})
	return out
}

func plain(k containerd.PluginKey) string {
	if k == containerd.KeyCRI {
		return "cri"
	}
	return `"` + k.String() + `"`
}

func mirrorsHeader(data []byte) string {
	for _, l := range lines(data) {
		if strings.HasSuffix(strings.TrimSpace(l), ".registry.mirrors]") {
			return l
		}
	}
	return ""
}

// keyText is a line that sets a key to a text, and the comments directly
// above it.
func keyText(data []byte, key, value string) string {
	all := lines(data)
	for i, l := range all {
		if strings.Contains(bare(l), key+`="`+value+`"`) && !strings.HasPrefix(strings.TrimSpace(l), "#") {
			begin := i
			for begin > 0 && strings.HasPrefix(strings.TrimSpace(all[begin-1]), "#") {
				begin--
			}
			return strings.Join(all[begin:i+1], "")
		}
	}
	return ""
}

// putsInKey fails unless an edit put in one of the texts, with no more than
// the one header or path of keys that it needs, and took out nothing.
func putsInKey(before, after []byte, texts ...string) error {
	var added string
	for _, c := range changes(before, after) {
		if c.removed != "" {
			return errTookOut(c.removed)
		}
		added += c.added
	}
	ok := slices.ContainsFunc(texts, func(text string) bool {
		for turn := range added { // a diff may begin earlier
			if head, found := strings.CutSuffix(added[turn:]+added[:turn], text); found && atMostOneHeader(head) {
				return true
			}
		}
		return strings.Contains(added, text) && atMostOneHeader(strings.Replace(added, text, "", 1))
	})
	if !ok {
		return errPutIn(added)
	}
	return newSeparators(before, after)
}

// atMostOneHeader: a header, or the path and braces of dotted keys and inline
// tables; no value and no comment.
func atMostOneHeader(text string) bool {
	return strings.Count(text, "[") <= 1 && !strings.Contains(text, "#") && !strings.Contains(strings.ReplaceAll(text, "={", ""), "=")
}

type errTookOut string

func (e errTookOut) Error() string { return "took out " + string(e) }

func TestEditConfig(t *testing.T) {
	for _, s := range samples(t, configKind, dropInKind) {
		for _, e := range configEdits(t, s) {
			t.Run(s.name+"/"+e.name, func(t *testing.T) { e.run(t, s) })
		}
	}
}
