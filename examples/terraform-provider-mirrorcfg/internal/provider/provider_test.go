package provider

import (
	"context"
	"io/fs"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

func TestAttributePath(t *testing.T) {
	for field, want := range map[string]string{
		"registries[2].mirrors[0].url":               `registries[2].mirrors[0].url`,
		"registries[0].upstream.dial_timeout":        `registries[0].upstream.dial_timeout`,
		"registries[0].mirrors[1].header.X-A.b":      `registries[0].mirrors[1].headers["X-A.b"]`,
		"registries[0].mirrors[1].header":            `registries[0].mirrors[1].headers`,
		"registries[0].mirrors[1].client[0]":         `registries[0].mirrors[1].client[0]`,
		"registries[10].mirrors[11].capabilities[1]": `registries[10].mirrors[11].capabilities[1]`,
		"search[1]": `search[1]`,
		"search":    `search`,
		"plugins.io.containerd.cri.v1.images.registry": "",
		"registry-mirrors": "",
		"":                 "",
	} {
		at, known := attributePath(field)
		assert.Equal(t, want != "", known, field)
		assert.Equal(t, want, at.String(), field)
	}
}

func TestReport(t *testing.T) {
	var to diag.Diagnostics
	report(context.Background(), &to, mirror.Diagnostics{
		{Severity: mirror.Info, Code: "loss/push", Field: "registries[0]", Message: "goes to the log"},
		{Severity: mirror.Warning, Code: "x/file", File: "/etc/a", Line: 3, Message: "a file's"},
		{Severity: mirror.Error, Code: "loss/blocked", Field: "registries[0].blocked", Message: "cannot block"},
	}, false)
	require.Len(t, to, 2)
	assert.Equal(t, diag.NewWarningDiagnostic("A file's [x/file]", "In /etc/a, line 3."), to[0])
	assert.Equal(t, "registries[0].blocked", to[1].(diag.DiagnosticWithPath).Path().String())
	assert.Contains(t, to[1].Detail(), `accept = ["loss/blocked"]`)
}

func TestLostAttributesAreOneWarning(t *testing.T) {
	var to diag.Diagnostics
	warnLost(nil, &to)
	require.Empty(t, to)
	warnLost([]fileset.LostAttribute{{Path: "/etc/a", Name: "security.selinux", Err: fs.ErrPermission}, {Path: "/etc/b", Name: "user.note", Err: fs.ErrPermission}}, &to)
	assert.Equal(t, diag.Diagnostics{diag.NewWarningDiagnostic("Attributes of files are lost",
		"/etc/a: the extended attribute security.selinux was lost: permission denied\n/etc/b: the extended attribute user.note was lost: permission denied")}, to)
}

// The model survives the way through Terraform's attributes and back, but for
// the order of headers.
func TestRegistriesRoundTrip(t *testing.T) {
	const text = `search = []

[[registry]]
prefix = "docker.io"
fallback = false
  [registry.upstream]
  url = "https://up.example"
  namespace = "docker.io"
  [[registry.mirror]]
  url = "https://m.example/base"
  repository = "hub"
  capabilities = []
  skip_verify = false
  ca = ["/ca.pem"]
  client = [["/c.pem", "/k.pem"], ["/both.pem"]]
  dial_timeout = "3s"
    [registry.mirror.header]
    A = ["1", "2"]
    B = ["3"]
  [[registry.mirror]]
  url = "https://n.example"
  capabilities = ["pull", "resolve", "push"]

[[registry]]
prefix = "*"
blocked = true
`
	want, ds := mirror.DecodeTOML("mirrors.toml", []byte(text))
	require.NoError(t, ds.Err())
	w := wantedModel{Config: types.StringNull(), Search: want.Search, Registries: registriesOf(want)}
	got, ds := w.model()
	require.NoError(t, ds.Err())
	out, err := mirror.Encoder{RevealSecrets: true}.TOML(got)
	require.NoError(t, err)
	assert.Equal(t, text, string(out))

	fromString, ds := wantedModel{Config: types.StringValue(text)}.model()
	require.NoError(t, ds.Err())
	assert.Equal(t, want, fromString)
}

func TestSchemas(t *testing.T) {
	ctx := context.Background()
	p := New()
	for _, r := range p.Resources(ctx) {
		var resp resource.SchemaResponse
		r().Schema(ctx, resource.SchemaRequest{}, &resp)
		assert.Empty(t, resp.Schema.ValidateImplementation(ctx))
	}
	for _, d := range p.DataSources(ctx) {
		var resp datasource.SchemaResponse
		d().Schema(ctx, datasource.SchemaRequest{}, &resp)
		assert.Empty(t, resp.Schema.ValidateImplementation(ctx))
	}
}
