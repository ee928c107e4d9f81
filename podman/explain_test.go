package podman

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// explain reads a tree and explains one reference.
func explain(t *testing.T, e Engine, files tree, ref string, op mirror.Operation) mirror.Explanation {
	t.Helper()
	view, err := e.Read(files.fs())
	require.NoError(t, err)
	r, err := mirror.ParseReference(ref)
	require.NoError(t, err)
	return view.Explain(r, op)
}

// short gives each attempt as METHOD host/path, with "!" for unverified TLS
// and "*" for a mirror.
func short(as []mirror.Attempt) []string {
	var out []string
	for _, a := range as {
		s := a.Method + " " + strings.TrimPrefix(a.URL, "https://")
		if a.TLS == mirror.TLSSkipVerifyThenPlain {
			s += " !"
		}
		if a.Mirror {
			s += " *"
		}
		out = append(out, s)
	}
	return out
}

// pullRegistries are the situations of containers/image 5.36.2
// TestPullSourcesFromReference: which of up to four mirrors are asked for a
// digest and for a tag. "i" marks an insecure mirror.
var pullRegistries = []struct {
	name, key   string
	mirrors     []string // pull-from-mirror of each
	insecure    int      // the mirror with insecure, 0 for none
	digest, tag string   // mirrors asked, by number
}{
	{"all kinds, one insecure", "", []string{"", ""}, 2, "12", "12"},
	{"mirror-by-digest-only", "mirror-by-digest-only = true\n", []string{"", ""}, 0, "12", ""},
	{"all kinds, another prefix", "", []string{"", ""}, 2, "12", "12"},
	{"digest-only each", "", []string{"digest-only", "digest-only"}, 0, "12", ""},
	{"one digest-only", "", []string{"", "digest-only"}, 0, "12", "1"},
	{"mirror-by-digest-only again", "mirror-by-digest-only = true\n", []string{"", ""}, 0, "12", ""},
	{"tag-only each", "", []string{"tag-only", "tag-only"}, 0, "", "12"},
	{"one tag-only", "", []string{"", "tag-only"}, 0, "1", "12"},
	{"every kind", "", []string{"digest-only", "tag-only", "", "all"}, 0, "134", "234"},
}

func TestPullSources(t *testing.T) {
	var text strings.Builder
	for i, r := range pullRegistries {
		fmt.Fprintf(&text, "[[registry]]\nprefix = 'reg%d.test/from'\nlocation = 'reg%d.test/to'\n%s", i, i, r.key)
		for j, pull := range r.mirrors {
			fmt.Fprintf(&text, "[[registry.mirror]]\nlocation = 'm%d.reg%d.test'\n", j+1, i)
			if pull != "" {
				fmt.Fprintf(&text, "pull-from-mirror = '%s'\n", pull)
			}
			if r.insecure == j+1 {
				text.WriteString("insecure = true\n")
			}
		}
	}
	for _, e := range []Engine{oldPodman, newPodman, {Tool: CRIO}, {Tool: Skopeo}, {Tool: Buildah}} {
		for i, r := range pullRegistries {
			for object, mirrors := range map[string]string{sum[1:]: r.digest, "v1": r.tag} {
				var want []string
				for _, m := range mirrors {
					s := fmt.Sprintf("GET m%c.reg%d.test/v2/app/manifests/%s", m, i, object)
					if r.insecure == int(m-'0') {
						s += " !"
					}
					want = append(want, s+" *")
				}
				want = append(want, fmt.Sprintf("GET reg%d.test/v2/to/app/manifests/%s *", i, object))
				sep := ":"
				if strings.Contains(object, ":") {
					sep = "@"
				}
				got := explain(t, e, file(text.String()), fmt.Sprintf("reg%d.test/from/app%s%s", i, sep, object), mirror.OpPull)
				assert.Equal(t, want, short(got.Attempts), "%s %s", r.name, e.Name())
				assert.Len(t, got.Skipped, len(r.mirrors)-len(mirrors), r.name)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	for name, c := range map[string]struct {
		engine Engine
		text   string
		ref    string
		op     mirror.Operation
		want   []string
	}{
		"no entry":                 {ref: "alpine:3", engine: Engine{Tool: Skopeo}, want: []string{"GET registry-1.docker.io/v2/library/alpine/manifests/3"}},
		"mirrors, then the hub":    {text: reg("docker.io", mir("m.test/hub"), mir("n.test:5000", "insecure = true")), ref: "docker.io/alpine", want: []string{"GET m.test/v2/hub/library/alpine/manifests/latest *", "GET n.test:5000/v2/library/alpine/manifests/latest ! *", "GET registry-1.docker.io/v2/library/alpine/manifests/latest"}},
		"tag beside digest":        {text: reg("quay.io", mir("m.test")), ref: "quay.io/a:v1" + sum, want: []string{"GET m.test/v2/a/manifests/" + sum[1:] + " *", "GET quay.io/v2/a/manifests/" + sum[1:]}},
		"push asks no mirror":      {text: "[[registry]]\nprefix = 'quay.io'\nlocation = 'm.test'\ninsecure = true\n" + mir("n.test"), ref: "quay.io/a", op: mirror.OpPush, want: []string{"PUT quay.io/v2/a/manifests/latest !"}},
		"resolve as pull":          {text: reg("quay.io", mir("m.test")), ref: "quay.io/a", op: mirror.OpResolve, want: []string{"GET m.test/v2/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
		"mirror only":              {text: reg("quay.io", "blocked = true\n", mir("m.test")), ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest *"}},
		"blocked mirror host":      {text: reg("quay.io", mir("m.test"), mir("n.test")) + reg("m.test", "blocked = true\n"), ref: "quay.io/a", want: []string{"GET n.test/v2/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
		"blocked elsewhere leaks":  {text: "[[registry]]\nprefix = 'quay.io'\nlocation = 'm.test'\nblocked = true\n", ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest *"}},
		"wildcard drops the host":  {text: "[[registry]]\nprefix = '*.x.test'\n" + mir("m.test/p"), ref: "a.b.x.test/app", want: []string{"GET m.test/v2/p/app/manifests/latest *", "GET a.b.x.test/v2/app/manifests/latest"}},
		"wildcard wins a tie":      {text: "[[registry]]\nlocation = 'b.x.test'\n" + mir("m.test") + "[[registry]]\nprefix = '*.x.test'\n" + mir("n.test"), ref: "b.x.test/app", want: []string{"GET n.test/v2/app/manifests/latest *", "GET b.x.test/v2/app/manifests/latest"}},
		"host without its port":    {text: "[[registry]]\nprefix = 'x.test'\nlocation = 'y.test'\n", ref: "x.test:5000/app", want: []string{"GET y.test:5000/v2/app/manifests/latest *"}},
		"no recursion":             {text: reg("quay.io", mir("m.test")) + reg("m.test", mir("n.test")), ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
		"v2 in a location":         {text: reg("quay.io", mir("m.test/v2/p")), ref: "quay.io/a", want: []string{"GET m.test/v2/v2/p/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
		"namespace-proxy":          {engine: Engine{Library: "5.41.0"}, text: reg("quay.io", "namespace-proxy = 'q q'\n", mir("m.test", "namespace-proxy = 'quay.io'")), ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest?ns=quay.io *", "GET quay.io/v2/a/manifests/latest?ns=q+q"}},
		"namespace-proxy, earlier": {text: reg("quay.io", mir("m.test", "namespace-proxy = 'quay.io'")), ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
		"V1":                       {engine: oldPodman, text: "[registries.insecure]\nregistries = ['r.test/']\n", ref: "r.test/a", want: []string{"GET r.test/v2/a/manifests/latest !"}},
		"underscore has no host":   {text: reg("quay.io", mir("m_n.test")), ref: "quay.io/a", want: []string{"GET quay.io/v2/a/manifests/latest"}},
		"loopback in old CRI-O":    {engine: Engine{Tool: CRIO, Version: "1.34"}, text: reg("127.0.0.1:5000", mir("m.test")), ref: "127.0.0.1:5000/a", want: []string{"GET m.test/v2/a/manifests/latest ! *", "GET 127.0.0.1:5000/v2/a/manifests/latest !"}},
		"loopback in new CRI-O":    {engine: Engine{Tool: CRIO, Version: "1.35"}, ref: "127.0.0.1:5000/a", want: []string{"GET 127.0.0.1:5000/v2/a/manifests/latest"}},
		"first of two entries":     {text: reg("quay.io", mir("m.test")) + reg("quay.io", mir("n.test")), ref: "quay.io/a", want: []string{"GET m.test/v2/a/manifests/latest *", "GET quay.io/v2/a/manifests/latest"}},
	} {
		got := explain(t, c.engine, file(c.text), c.ref, c.op)
		assert.NoError(t, got.Diagnostics.Err(), name)
		assert.Equal(t, c.want, short(got.Attempts), name)
	}
}

func TestExplainSources(t *testing.T) {
	got := explain(t, Engine{}, tree{etcD + "50-a.conf": "# c\n" + reg("quay.io", mir("m.test"))}, "quay.io/a", mirror.OpPull)
	require.Len(t, got.Attempts, 2)
	assert.Equal(t, mirror.Position{File: etcD + "50-a.conf", Line: 6, Column: 1}, got.Attempts[0].Source)
	assert.Equal(t, mirror.Position{File: etcD + "50-a.conf", Line: 4, Column: 1}, got.Attempts[1].Source)
	assert.Equal(t, "quay.io/a:latest", got.Reference)
}

func TestExplainRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		engine Engine
		text   string
		ref    string
		op     mirror.Operation
		code   string
	}{
		"one bad mirror":     {text: reg("quay.io", mir("good.test"), mir("nexus")), ref: "quay.io/a", code: "podman/rewrite"},
		"blocked":            {text: reg("quay.io", "blocked = true\n"), ref: "quay.io/a", code: "podman/blocked"},
		"push to blocked":    {text: reg("quay.io", "blocked = true\n", mir("m.test")), ref: "quay.io/a", op: mirror.OpPush, code: "podman/blocked"},
		"tag and digest":     {engine: Engine{Tool: Skopeo}, ref: "quay.io/a:v1" + sum, code: "podman/tag-and-digest"},
		"IPv6":               {ref: "[::1]:5000/a", code: "podman/ipv6-reference"},
		"file does not load": {text: reg("quay.io", mir("https://m.test")), ref: "docker.io/a", code: "podman/location-scheme"},
	} {
		got := explain(t, c.engine, file(c.text), c.ref, c.op)
		assert.Empty(t, got.Attempts, name)
		require.Len(t, got.Diagnostics, 1, name)
		assert.Equal(t, c.code, got.Diagnostics[0].Code, name)
		assert.Error(t, got.Diagnostics.Err(), name)
	}
}

func TestShortNames(t *testing.T) {
	two := "unqualified-search-registries = ['quay.io', 'docker.io']\n"
	withMode := func(mode, rest string) tree { return file("short-name-mode = '" + mode + "'\n" + rest) }
	quayThenHub := []string{"GET quay.io/v2/app/manifests/v1", "GET registry-1.docker.io/v2/library/app/manifests/v1"}
	for name, c := range map[string]struct {
		engine Engine
		files  tree
		ref    string
		want   []string
		codes  []string
	}{
		"search":               {files: file(two), ref: "app:v1", want: quayThenHub, codes: []string{"podman/short-name-prompt"}},
		"disabled":             {files: withMode("disabled", two), ref: "app:v1", want: quayThenHub},
		"enforcing":            {files: withMode("enforcing", two), ref: "app:v1", codes: []string{"podman/short-name"}},
		"enforcing, one":       {files: withMode("enforcing", "unqualified-search-registries = ['quay.io']\n"), ref: "app:v1", want: quayThenHub[:1]},
		"cri-o enforces":       {engine: Engine{Tool: CRIO}, files: file(two), ref: "app:v1", codes: []string{"podman/short-name"}},
		"cri-o before 1.34":    {engine: Engine{Tool: CRIO, Version: "1.33"}, files: file(two), ref: "app:v1", want: quayThenHub},
		"cri-o told otherwise": {engine: Engine{Tool: CRIO, ShortNameMode: "disabled"}, files: file(two), ref: "app:v1", want: quayThenHub},
		"skopeo means the hub": {engine: Engine{Tool: Skopeo}, files: file(two), ref: "app:v1", want: quayThenHub[1:]},
		"nothing to search":    {files: file(""), ref: "app:v1", codes: []string{"podman/short-name"}},
		"alias":                {files: file(two + "[aliases]\napp = 'r.test/x/app'\n"), ref: "app:v1", want: []string{"GET r.test/v2/x/app/manifests/v1"}},
		"alias and digest":     {files: file("[aliases]\napp = 'docker.io/app'\n"), ref: "app" + sum, want: []string{"GET registry-1.docker.io/v2/library/app/manifests/" + sum[1:]}},
		"alias reset":          {files: tree{etcMain: "unqualified-search-registries = ['quay.io']\n[aliases]\napp = 'r.test/x'\n", etcD + "a.conf": "[aliases]\napp = ''\n"}, ref: "app:v1", want: quayThenHub[:1]},
		"recorded alias":       {files: tree{etcMain: "[aliases]\napp = 'r.test/x'\n", "/var/cache/containers/short-name-aliases.conf": "[aliases]\napp = 'quay.io/app'\n"}, ref: "app:v1", want: quayThenHub[:1]},
		"namespace":            {files: file("unqualified-search-registries = ['quay.io']\n"), ref: "team/app:v1", want: []string{"GET quay.io/v2/team/app/manifests/v1"}},
		"bare search registry": {files: file("unqualified-search-registries = ['myreg']\n"), ref: "app:v1", want: []string{"GET registry-1.docker.io/v2/myreg/app/manifests/v1"}},
		"mirrors of an alias":  {files: file(reg("r.test", mir("m.test")) + "[aliases]\napp = 'r.test/x'\n"), ref: "app:v1", want: []string{"GET m.test/v2/x/manifests/v1 *", "GET r.test/v2/x/manifests/v1"}},
		"one candidate fails":  {files: withMode("disabled", two+reg("quay.io", mir("nexus"))), ref: "app:v1", want: quayThenHub[1:], codes: []string{"podman/rewrite"}},
	} {
		got := explain(t, c.engine, c.files, c.ref, mirror.OpPull)
		assert.Equal(t, c.want, short(got.Attempts), name)
		var codes []string
		for _, d := range got.Diagnostics {
			codes = append(codes, d.Code)
		}
		assert.Equal(t, c.codes, codes, name)
		assert.Equal(t, len(c.want) == 0, got.Diagnostics.Err() != nil, name)
	}
}

// The situations of containers/image 5.36.2 TestParseShortNameValue and
// TestValidateShortName.
func TestAliasGrammar(t *testing.T) {
	for value, good := range map[string]bool{
		"quay.io/team/app": true, "localhost/app": true, "localhost:5000/app": true, "localhost:5000/team/app": true, "docker.io/app": true,
		"quay.io/team/app:latest": false, "quay.io/team/app" + sum: false, "app": false, "app:v1": false, "team/app": false, "team/app:v1": false,
		"%%99$$": false, "docker://app": false, "oci-archive://app": false, "": false, "[::1]:5000/app": false, "quay.io/App": false,
	} {
		assert.Equal(t, good, checkAliasValue(value) == "", value)
	}
	for name, good := range map[string]bool{
		"team/app": true, "app": true, "99887766": true,
		"quay.io/team/app:v1": false, "quay.io/team/app" + sum: false, "app:v1": false, "team/app:v1": false, "%%99$$": false,
		"docker://app": false, "oci-archive://app": false, "": false, "localhost/app": false,
	} {
		assert.Equal(t, good, checkAliasName(name) == "", name)
	}
}

// The library's words, for each file that it refuses: containers/image
// 5.36.2 TestInvalidV2Configs, TestInvalidMirrorConfig, TestMixingV1andV2,
// TestV1SyntaxErrors of 5.42.0 and the checks beside them.
func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		text, old, now string
		dropIn         bool
	}{
		"scheme":           {text: "[[registry]]\nlocation = 'a.test'\nprefix = 'http://b.test'\n", old: "invalid location 'http://b.test': URI schemes are not supported"},
		"insecure differs": {text: reg("a.test") + reg("a.test", "insecure = true\n"), old: "registry 'a.test' is defined multiple times with conflicting 'insecure' setting"},
		"blocked differs":  {text: reg("a.test") + reg("a.test", "blocked = true\n"), old: "registry 'a.test' is defined multiple times with conflicting 'blocked' setting"},
		"no location":      {text: "[[registry]]\nprefix = 'a.test'\n", old: "invalid condition: location is unset and prefix is not in the format: *.example.com"},
		"nothing":          {text: "[[registry]]\n", old: "invalid condition: both location and prefix are unset"},
		"empty mirror":     {text: reg("a.test", mir("m.test"), mir("/")), old: "invalid condition: mirror location is unset"},
		"level":            {text: reg("a.test", "pull-from-mirror = 'digest-only'\n"), old: `pull-from-mirror must not be set for a non-mirror registry "a.test"`},
		"conflict":         {text: reg("a.test", "mirror-by-digest-only = true\n", mir("m.test", "pull-from-mirror = 'x'")), old: `cannot set mirror usage mirror-by-digest-only for the registry ("a.test") and pull-from-mirror for per-mirror ("m.test") at the same time`},
		"value":            {text: reg("a.test", mir("m.test", "pull-from-mirror = 'x'")), old: `unsupported pull-from-mirror value "x" for mirror "m.test"`},
		"search":           {text: "unqualified-search-registries = ['a.test/x']\n", old: `Invalid unqualified-search-registries entry "a.test/x"`},
		"mode":             {text: "short-name-mode = 'prompt'\n", old: `invalid short-name mode: "prompt"`},
		"wildcard":         {text: "[[registry]]\nlocation = '*.a.test/x'\n", old: `Wildcarded prefix should be in the format: *.example.com. Current prefix "*.a.test/x" is incorrectly formatted`},
		"alias":            {text: "[aliases]\na = 'b'\n", old: `validating short-name aliases: invalid alias "b": must contain registry and repository`},
		"V1":               {text: "[registries.search]\nregistries = []\n", old: "-", now: "registries.conf must be in v2 format but is in v1"},
		"V1 drop-in":       {text: "[registries.block]\nregistries = ['a.test']\n", dropIn: true, old: "registry must be in v2 format but is in v1", now: "registries.conf must be in v2 format but is in v1"},
		"V1 and V2":        {text: "unqualified-search-registries = []\n[registries.search]\nregistries = []\n", old: "mixing sysregistry v1/v2 is not supported", now: "registries.conf must be in v2 format but is in v1"},
		"TOML 1.1":         {text: "registry = [{location = 'a.test',\n}]\n", old: "needs TOML 1.1", now: "-"},
		"one bracket":      {text: "[registry]\nlocation = 'a.test'\n", old: "incompatible types"},
	} {
		if c.now == "" {
			c.now = c.old
		}
		path := etcMain
		if c.dropIn {
			path = etcD + "a.conf"
		}
		f, err := ParseRegistries(path, []byte(c.text))
		require.NoError(t, err, name)
		for version, want := range map[string]string{"5.8": c.old, "6.0": c.now} {
			ds, err := f.Check(Engine{Version: version})
			require.NoError(t, err)
			bad := ds.AtLeast(mirror.Error)
			if want == "-" {
				assert.Empty(t, bad, "%s %s", name, version)
				continue
			}
			require.NotEmpty(t, bad, "%s %s", name, version)
			assert.Contains(t, bad[0].Message, want, "%s %s", name, version)
			assert.Positive(t, bad[0].Line)
			assert.Empty(t, explain(t, Engine{Version: version}, tree{path: c.text}, "quay.io/x", mirror.OpPull).Attempts, name)
		}
	}
}
