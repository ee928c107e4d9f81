package mirror

import (
	"fmt"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/nearest"
)

// DecodeTOML reads mirrors.toml. The name is put into positions. It is
// strict: a key that is not known is an error with its line and the nearest
// known key. The Config is validated, so that Diagnostics.Err of the result
// being nil means that it can be used.
func DecodeTOML(name string, data []byte) (Config, Diagnostics) {
	in, ds := inputFromTOML(name, data)
	return decodeInput(in, ds)
}

// DecodeJSON reads the JSON form of mirrors.toml, as strictly.
func DecodeJSON(name string, data []byte) (Config, Diagnostics) {
	in, ds := inputFromJSON(name, data)
	return decodeInput(in, ds)
}

func decodeInput(in input, ds Diagnostics) (Config, Diagnostics) {
	if ds.Err() != nil {
		return Config{}, ds
	}
	d := decoder{places: map[string]Position{}}
	c := d.config(in)
	for _, fault := range c.Validate() {
		p := d.place(fault.Field)
		fault.File, fault.Line, fault.Column = p.File, p.Line, p.Column
		d.found = append(d.found, fault)
	}
	d.found.Sort()
	return c, d.found
}

// decoder turns input into a Config and remembers where each field stood.
type decoder struct {
	found  Diagnostics
	places map[string]Position
}

// place finds the nearest known position of a field: its own, or that of what
// holds it.
func (d *decoder) place(field string) Position {
	for {
		if p, ok := d.places[field]; ok {
			return p
		}
		i := strings.LastIndexAny(field, ".[")
		if i < 0 {
			return d.places[""]
		}
		field = field[:i]
	}
}

func (d *decoder) wrongType(in input, field, want string) {
	at := in.valueAt
	if at.Line == 0 {
		at = in.at
	}
	diag := ruleWrongType.At(at, field, fmt.Sprintf("want %s, have %s", want, in.describe()))
	diag.Fix = "write " + want
	d.found = append(d.found, diag)
}

// table calls the handler of each key and reports the keys that have none.
func (d *decoder) table(in input, field string, known []string, handle func(key string, child input)) {
	if in.kind != inputTable {
		d.wrongType(in, field, "a table")
		return
	}
	for _, child := range in.children {
		isKnown := false
		for _, k := range known {
			isKnown = isKnown || k == child.key
		}
		if !isKnown {
			diag := ruleUnknownKey.At(child.at, joinField(field, child.key), fmt.Sprintf("unknown key %q", child.key))
			if word, ok := nearest.Word(child.key, known); ok {
				diag.Fix = fmt.Sprintf("did you mean %q?", word)
			} else {
				diag.Fix = "known keys are " + strings.Join(known, ", ")
			}
			d.found = append(d.found, diag)
			continue
		}
		handle(child.key, child)
	}
}

func (d *decoder) list(in input, field, want string, each func(i int, child input)) {
	if in.kind != inputArray {
		d.wrongType(in, field, want)
		return
	}
	for i, child := range in.children {
		each(i, child)
	}
}

func (d *decoder) text(in input, field string) string {
	d.places[field] = in.valueAt
	if in.kind != inputString {
		d.wrongType(in, field, "a string")
	}
	return in.text
}

func (d *decoder) toggle(in input, field string) Toggle {
	d.places[field] = in.valueAt
	if in.kind != inputBool {
		d.wrongType(in, field, "true or false")
		return Unset
	}
	return ToggleOf(in.truth)
}

func (d *decoder) texts(in input, field string) []string {
	d.places[field] = in.valueAt
	out := []string{}
	d.list(in, field, "a list of strings", func(i int, child input) {
		out = append(out, d.text(child, fmt.Sprintf("%s[%d]", field, i)))
	})
	return out
}

var (
	configKeys   = []string{"search", "registry"}
	registryKeys = []string{"prefix", "upstream", "fallback", "blocked", "mirror"}
	endpointKeys = []string{"url", "repository", "capabilities", "skip_verify", "ca", "client", "header", "dial_timeout", "namespace"}
)

func (d *decoder) config(in input) Config {
	var c Config
	d.table(in, "", configKeys, func(key string, child input) {
		switch key {
		case "search":
			c.Search = d.texts(child, "search")
		case "registry":
			d.list(child, "registry", "[[registry]] tables", func(i int, r input) {
				c.Registries = append(c.Registries, d.registry(r, fmt.Sprintf("registries[%d]", i)))
			})
		}
	})
	return c
}

func (d *decoder) registry(in input, field string) Registry {
	var r Registry
	d.places[field] = in.at
	d.table(in, field, registryKeys, func(key string, child input) {
		at := field + "." + key
		switch key {
		case "prefix":
			r.Prefix = d.text(child, at)
		case "upstream":
			up := d.upstream(child, at)
			r.Upstream = &up
		case "fallback":
			r.Fallback = d.toggle(child, at)
		case "blocked":
			r.Blocked = d.toggle(child, at) == On
		case "mirror":
			d.list(child, at, "[[registry.mirror]] tables", func(i int, m input) {
				r.Mirrors = append(r.Mirrors, d.endpoint(m, fmt.Sprintf("%s.mirrors[%d]", field, i)))
			})
		}
	})
	return r
}

// upstream reads a URL, or a table with the keys of a mirror.
func (d *decoder) upstream(in input, field string) Endpoint {
	if in.kind == inputString {
		return Endpoint{URL: d.text(in, field+".url")}
	}
	if in.kind != inputTable {
		d.wrongType(in, field, "a URL or a table")
		return Endpoint{}
	}
	return d.endpoint(in, field)
}

func (d *decoder) endpoint(in input, field string) Endpoint {
	var e Endpoint
	d.places[field] = in.at
	d.table(in, field, endpointKeys, func(key string, child input) {
		at := field + "." + key
		switch key {
		case "url":
			e.URL = d.text(child, at)
		case "repository":
			e.Repository = d.text(child, at)
		case "capabilities":
			e.Capabilities = d.capabilities(child, at)
		case "skip_verify":
			e.TLS.SkipVerify = d.toggle(child, at)
		case "ca":
			e.TLS.CA = d.texts(child, at)
		case "client":
			d.list(child, at, "a list of [certificate, key] pairs", func(i int, pair input) {
				e.TLS.Client = append(e.TLS.Client, d.client(pair, fmt.Sprintf("%s[%d]", at, i)))
			})
		case "header":
			e.Headers = d.headers(child, at)
		case "dial_timeout":
			e.DialTimeout = d.duration(child, at)
		case "namespace":
			e.Namespace = d.text(child, at)
		}
	})
	return e
}

func (d *decoder) capabilities(in input, field string) Capabilities {
	set := NoCapabilities
	d.places[field] = in.valueAt
	d.list(in, field, "a list of capabilities", func(i int, child input) {
		at := fmt.Sprintf("%s[%d]", field, i)
		c, err := ParseCapability(d.text(child, at))
		if err != nil && child.kind == inputString {
			diag := ruleCapabilities.At(child.valueAt, at, err.Error())
			if word, ok := nearest.Word(child.text, AllCapabilities.Names()); ok {
				diag.Fix = fmt.Sprintf("did you mean %q?", word)
			}
			d.found = append(d.found, diag)
		}
		if err == nil {
			set = set&^NoCapabilities | c
		}
	})
	return set
}

// client reads [cert, key], or one path that holds both.
func (d *decoder) client(in input, field string) ClientCert {
	d.places[field] = in.valueAt
	if in.kind == inputString {
		return ClientCert{Cert: in.text}
	}
	if in.kind != inputArray || len(in.children) < 1 || len(in.children) > 2 {
		d.wrongType(in, field, "a [certificate, key] pair")
		return ClientCert{}
	}
	c := ClientCert{Cert: d.text(in.children[0], field+"[0]")}
	if len(in.children) == 2 {
		c.Key = d.text(in.children[1], field+"[1]")
	}
	return c
}

func (d *decoder) headers(in input, field string) []Header {
	if in.kind != inputTable {
		d.wrongType(in, field, "a table of headers")
		return nil
	}
	headers := []Header{}
	for _, child := range in.children {
		at := field + "." + child.key
		d.places[at] = child.at
		h := Header{Name: child.key}
		if child.kind == inputString {
			h.Values = []Secret{NewSecret(child.text)}
		} else {
			d.list(child, at, "a string or a list of strings", func(i int, value input) {
				h.Values = append(h.Values, NewSecret(d.text(value, fmt.Sprintf("%s[%d]", at, i))))
			})
		}
		headers = append(headers, h)
	}
	return headers
}

func (d *decoder) duration(in input, field string) *time.Duration {
	text := d.text(in, field)
	if in.kind != inputString {
		return nil
	}
	t, err := time.ParseDuration(text)
	if err != nil {
		d.found = append(d.found, ruleTimeout.At(in.valueAt, field, fmt.Sprintf("%q is no duration", text)))
		return nil
	}
	return &t
}
