package provider

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// wantedModel is what a node shall have: either mirrors.toml as a string, or
// the same as attributes.
type wantedModel struct {
	Config     types.String    `tfsdk:"config"`
	Search     []string        `tfsdk:"search"`
	Registries []registryModel `tfsdk:"registries"`
}

type registryModel struct {
	Prefix   types.String    `tfsdk:"prefix"`
	Mirrors  []endpointModel `tfsdk:"mirrors"`
	Upstream *endpointModel  `tfsdk:"upstream"`
	Fallback types.Bool      `tfsdk:"fallback"`
	Blocked  types.Bool      `tfsdk:"blocked"`
}

type endpointModel struct {
	URL          types.String        `tfsdk:"url"`
	Repository   types.String        `tfsdk:"repository"`
	Capabilities []string            `tfsdk:"capabilities"`
	SkipVerify   types.Bool          `tfsdk:"skip_verify"`
	CA           []string            `tfsdk:"ca"`
	Client       []clientModel       `tfsdk:"client"`
	Headers      map[string][]string `tfsdk:"headers"`
	DialTimeout  types.String        `tfsdk:"dial_timeout"`
	Namespace    types.String        `tfsdk:"namespace"`
}

type clientModel struct {
	Cert types.String `tfsdk:"cert"`
	Key  types.String `tfsdk:"key"`
}

// isEmpty reports whether nothing is wanted, as right after an import.
func (w wantedModel) isEmpty() bool {
	return w.Config.IsNull() && w.Search == nil && w.Registries == nil
}

// model turns what the user wrote into the model. Diagnostics have fields of
// the model, see attributePath.
func (w wantedModel) model() (mirror.Config, mirror.Diagnostics) {
	if !w.Config.IsNull() {
		return mirror.DecodeTOML("config", []byte(w.Config.ValueString()))
	}
	c := mirror.Config{Search: w.Search}
	var faults mirror.Diagnostics
	for i, r := range w.Registries {
		registry, ds := r.registry(fieldIndex("registries", i))
		c.Registries = append(c.Registries, registry)
		faults = append(faults, ds...)
	}
	return c, append(faults, c.Validate()...)
}

func (r registryModel) registry(field string) (mirror.Registry, mirror.Diagnostics) {
	out := mirror.Registry{Prefix: r.Prefix.ValueString(), Fallback: toggle(r.Fallback), Blocked: r.Blocked.ValueBool()}
	var faults mirror.Diagnostics
	for i, m := range r.Mirrors {
		e, ds := m.endpoint(fieldIndex(field+".mirrors", i))
		out.Mirrors = append(out.Mirrors, e)
		faults = append(faults, ds...)
	}
	if r.Upstream != nil {
		e, ds := r.Upstream.endpoint(field + ".upstream")
		out.Upstream = &e
		faults = append(faults, ds...)
	}
	return out, faults
}

func (m endpointModel) endpoint(field string) (mirror.Endpoint, mirror.Diagnostics) {
	e := mirror.Endpoint{
		URL: m.URL.ValueString(), Repository: m.Repository.ValueString(), Namespace: m.Namespace.ValueString(),
		TLS: mirror.TLS{SkipVerify: toggle(m.SkipVerify), CA: m.CA},
	}
	var faults mirror.Diagnostics
	if m.Capabilities != nil {
		e.Capabilities, faults = capabilities(m.Capabilities, field+".capabilities")
	}
	for _, c := range m.Client {
		e.TLS.Client = append(e.TLS.Client, mirror.ClientCert{Cert: c.Cert.ValueString(), Key: c.Key.ValueString()})
	}
	// A Terraform map has no order; by name, the bytes are the same each time.
	names := make([]string, 0, len(m.Headers))
	for name := range m.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h := mirror.Header{Name: name}
		for _, v := range m.Headers[name] {
			h.Values = append(h.Values, mirror.NewSecret(v))
		}
		e.Headers = append(e.Headers, h)
	}
	if !m.DialTimeout.IsNull() {
		d, fault := duration(m.DialTimeout.ValueString(), field+".dial_timeout")
		faults = append(faults, fault...)
		e.DialTimeout = d
	}
	return e, faults
}

// registriesOf is the opposite of model, for an imported node.
func registriesOf(c mirror.Config) []registryModel {
	var out []registryModel
	for _, r := range c.Registries {
		m := registryModel{Prefix: types.StringValue(r.Prefix), Fallback: boolOf(r.Fallback), Blocked: types.BoolNull()}
		if r.Blocked {
			m.Blocked = types.BoolValue(true)
		}
		for _, e := range r.Mirrors {
			m.Mirrors = append(m.Mirrors, endpointOf(e))
		}
		if r.Upstream != nil {
			up := endpointOf(*r.Upstream)
			m.Upstream = &up
		}
		out = append(out, m)
	}
	return out
}

func endpointOf(e mirror.Endpoint) endpointModel {
	m := endpointModel{
		URL: types.StringValue(e.URL), Repository: stringOf(e.Repository), Namespace: stringOf(e.Namespace),
		SkipVerify: boolOf(e.TLS.SkipVerify), CA: e.TLS.CA, DialTimeout: types.StringNull(),
	}
	if e.Capabilities.IsSet() {
		m.Capabilities = e.Capabilities.Names()
	}
	for _, c := range e.TLS.Client {
		m.Client = append(m.Client, clientModel{types.StringValue(c.Cert), stringOf(c.Key)})
	}
	for _, h := range e.Headers {
		if m.Headers == nil {
			m.Headers = map[string][]string{}
		}
		for _, v := range h.Values {
			m.Headers[h.Name] = append(m.Headers[h.Name], v.Reveal())
		}
	}
	if e.DialTimeout != nil {
		m.DialTimeout = types.StringValue(e.DialTimeout.String())
	}
	return m
}

func toggle(b types.Bool) mirror.Toggle {
	if b.IsNull() {
		return mirror.Unset
	}
	return mirror.ToggleOf(b.ValueBool())
}

func boolOf(t mirror.Toggle) types.Bool {
	if !t.IsSet() {
		return types.BoolNull()
	}
	return types.BoolValue(t == mirror.On)
}

func stringOf(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// stringMap returns a map of strings as Terraform's value.
func stringMap(m map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(m))
	for k, v := range m {
		elements[k] = types.StringValue(v)
	}
	return types.MapValueMust(types.StringType, elements)
}

func stringList(s []string) types.List {
	elements := make([]attr.Value, len(s))
	for i, v := range s {
		elements[i] = types.StringValue(v)
	}
	return types.ListValueMust(types.StringType, elements)
}

// defaultString returns the value, or def where there is none.
func defaultString(s types.String, def string) string { return cmp.Or(s.ValueString(), def) }
