package containerd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// ErrNoHost is the error of an edit that names a host which the file does not
// have.
var ErrNoHost = errors.New("the file has no such host")

// SetServer sets the upstream; an empty URL takes the key away.
func (f *HostsFile) SetServer(url string) error {
	if url != "" && !f.hasRootKeys() {
		return f.insertServer(url)
	}
	return f.edit(func(e *tomledit.Edit) { setOrClear(e, f.doc.Root(), "server", url) })
}

// hasRootKeys reports whether a key = value line stands before all headers.
func (f *HostsFile) hasRootKeys() bool {
	for n := range f.doc.Root().Children() {
		if n.Origin() == tomledit.Pair || n.Origin() == tomledit.Dotted {
			return true
		}
	}
	return false
}

// insertServer writes the first root key: at the top, behind a comment that a
// blank line sets apart from what follows.
func (f *HostsFile) insertServer(url string) error {
	line, err := MarshalHosts(Hosts{Server: url})
	if err != nil {
		return err
	}
	data := f.Format()
	at := 0
	if f.doc.HasBOM() {
		at = len("\ufeff")
	}
	for next := at; next < len(data); {
		end := bytes.IndexByte(data[next:], '\n') + 1
		text := bytes.TrimSpace(data[next : next+max(end, 0)])
		if end == 0 || len(text) > 0 && text[0] != '#' {
			break
		}
		next += end
		if len(text) == 0 {
			at = next
		}
	}
	if bytes.Contains(data, []byte("\r\n")) {
		line = append(bytes.TrimSuffix(line, []byte("\n")), "\r\n\r\n"...)
	} else {
		line = append(line, '\n')
	}
	if at == len(data) {
		line = bytes.TrimRight(line, "\r\n")
		line = append(line, '\n')
	}
	return f.replace(slices.Concat(data[:at], line, data[at:]))
}

// UpdateRoot makes the root's settings what s says, and leaves a key alone
// that says so already.
func (f *HostsFile) UpdateRoot(s Settings) error {
	old := decodeHosts(f.doc, exactKeys).root
	return f.edit(func(e *tomledit.Edit) { updateSettings(e, f.doc.Root(), &old, &s) })
}

// UpdateHost makes a host's settings what s says, and leaves a key alone that
// says so already.
func (f *HostsFile) UpdateHost(url string, s Settings) error {
	h, err := f.host(url)
	if err != nil {
		return err
	}
	return f.edit(func(e *tomledit.Edit) { updateSettings(e, h.node, &h.decodedSettings, &s) })
}

// AddHost adds a host behind all others.
func (f *HostsFile) AddHost(h Host) error { return f.InsertHost(len(f.hosts()), h) }

// InsertHost adds a host so that it becomes the index-th, counted from 0.
func (f *HostsFile) InsertHost(index int, h Host) error {
	if err := checkHosts(&Hosts{Hosts: []Host{h}}); err != nil {
		return err
	}
	hosts := f.hosts()
	if slices.ContainsFunc(hosts, func(x decodedHost) bool { return x.key == h.URL }) {
		return fmt.Errorf("host %q: %w", h.URL, tomledit.ErrExists)
	}
	index = max(0, min(index, len(hosts)))
	if len(hosts) == 0 {
		return f.appendHost(h)
	}
	return f.edit(func(e *tomledit.Edit) {
		neighbour := hosts[min(index, len(hosts)-1)].node
		place := tomledit.After(neighbour)
		if index < len(hosts) {
			place = tomledit.Before(neighbour)
		}
		sec := hostSection(h)
		if neighbour.Kind() == tomledit.InlineTable || neighbour.Origin() == tomledit.Dotted {
			// Hosts without headers: the new one stands as they do.
			e.Insert(neighbour.Parent(), place, tomledit.Field{Key: sec.Key, Value: inlineSection(sec)})
			return
		}
		e.InsertTable(neighbour.Parent(), place, sec)
	})
}

// inlineSection is a section as an inline table.
func inlineSection(sec tomledit.Section) tomledit.Value {
	fields := slices.Clone(sec.Fields)
	for _, sub := range sec.Sections {
		fields = append(fields, tomledit.Field{Key: sub.Key, Value: inlineSection(sub)})
	}
	return tomledit.TableValue(fields...)
}

// appendHost writes the first host at the end of the file, where a table may
// always stand.
func (f *HostsFile) appendHost(h Host) error {
	text, err := MarshalHosts(Hosts{Hosts: []Host{h}})
	if err != nil {
		return err
	}
	data, eol := f.Format(), []byte("\n")
	if bytes.Contains(data, []byte("\r\n")) {
		eol = []byte("\r\n")
		text = bytes.ReplaceAll(text, []byte("\n"), eol)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data, eol...)
	}
	if len(data) > 0 {
		data = append(data, eol...)
	}
	return f.replace(append(data, text...))
}

// DropHost removes a host with all its keys.
func (f *HostsFile) DropHost(url string) error {
	h, err := f.host(url)
	if err != nil {
		return err
	}
	return f.edit(func(e *tomledit.Edit) { e.Delete(h.node) })
}

// MoveHost makes a host the index-th, counted from 0 among the others.
func (f *HostsFile) MoveHost(url string, index int) error {
	h, err := f.host(url)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(f.hosts(), func(x decodedHost) bool { return x.key == url })
	if len(others) == 0 {
		return nil
	}
	index = max(0, min(index, len(others)))
	return f.edit(func(e *tomledit.Edit) {
		if index < len(others) {
			e.Move(h.node, tomledit.Before(others[index].node))
		} else {
			e.Move(h.node, tomledit.After(others[index-1].node))
		}
	})
}

func (f *HostsFile) hosts() []decodedHost { return decodeHosts(f.doc, exactKeys).hosts }

func (f *HostsFile) host(url string) (decodedHost, error) {
	for _, h := range f.hosts() {
		if h.key == url {
			return h, nil
		}
	}
	return decodedHost{}, fmt.Errorf("host %q: %w", url, ErrNoHost)
}

// edit applies changes; on an error the file is as it was.
func (f *HostsFile) edit(change func(*tomledit.Edit)) error {
	e := f.doc.Edit()
	change(e)
	if err := e.Err(); err != nil {
		return err
	}
	data, err := e.Bytes()
	if err != nil {
		return err
	}
	return f.replace(data)
}

func (f *HostsFile) replace(data []byte) error {
	doc, err := tomledit.Parse(data)
	if err != nil {
		return syntaxDiagnostic(f.name, err)
	}
	f.doc = doc
	return nil
}

func setOrClear(e *tomledit.Edit, table tomledit.Node, key, value string) {
	old := table.Child(key)
	switch {
	case value != "":
		set(e, table, key, tomledit.StringValue(value))
	case old.IsValid():
		e.Delete(old)
	}
}

// set replaces what stands under a key, be it a value or a table.
func set(e *tomledit.Edit, table tomledit.Node, key string, v tomledit.Value) {
	if old := table.Child(key); old.IsValid() && old.Kind() == tomledit.Table {
		e.Delete(old)
	}
	e.Set(table, key, v)
}

func clearKey(e *tomledit.Edit, table tomledit.Node, key string) {
	if old := table.Child(key); old.IsValid() {
		e.Delete(old)
	}
}

// updateSettings changes the keys that differ.
func updateSettings(e *tomledit.Edit, table tomledit.Node, old *decodedSettings, want *Settings) {
	apply := func(key string, same, present bool, v func() tomledit.Value) {
		switch {
		case same && len(old.bad) == 0:
		case present:
			set(e, table, key, v())
		default:
			clearKey(e, table, key)
		}
	}
	apply("capabilities", equalLists(old.Capabilities, want.Capabilities), want.Capabilities != nil,
		func() tomledit.Value { return tomledit.StringsValue(want.Capabilities...) })
	apply("ca", equalLists(old.CA, want.CA), want.CA != nil, func() tomledit.Value { return stringOrList(want.CA) })
	apply("client", equalClients(old.Client, want.Client), want.Client != nil, func() tomledit.Value { return clientValue(want.Client) })
	apply("skip_verify", old.SkipVerify == want.SkipVerify, want.SkipVerify.IsSet(),
		func() tomledit.Value { return tomledit.BoolValue(want.SkipVerify == mirror.On) })
	apply("override_path", old.OverridePath == want.OverridePath, want.OverridePath.IsSet(),
		func() tomledit.Value { return tomledit.BoolValue(want.OverridePath == mirror.On) })
	apply("dial_timeout", old.DialTimeout == want.DialTimeout, want.DialTimeout != "",
		func() tomledit.Value { return tomledit.StringValue(want.DialTimeout) })
	updateHeader(e, table, old.Header, want.Header)
}

func updateHeader(e *tomledit.Edit, table tomledit.Node, old, want []mirror.Header) {
	if (old == nil) == (want == nil) && slices.EqualFunc(old, want, equalHeader) {
		return
	}
	node := table.Child("header")
	switch {
	case want == nil:
		clearKey(e, table, "header")
	case node.IsTable() && sameNames(old, want):
		for i, h := range want {
			if !equalHeader(old[i], h) {
				set(e, node, h.Name, headerValue(h))
			}
		}
	case !node.IsValid() && table.Kind() == tomledit.Table && table.Origin() != tomledit.Dotted:
		e.InsertTable(table, tomledit.First(), headerSection(want))
	default:
		fields := make([]tomledit.Field, len(want))
		for i, h := range want {
			fields[i] = tomledit.Field{Key: h.Name, Value: headerValue(h)}
		}
		clearKey(e, table, "header")
		e.Set(table, "header", tomledit.TableValue(fields...))
	}
}

func sameNames(a, b []mirror.Header) bool {
	return slices.EqualFunc(a, b, func(x, y mirror.Header) bool { return x.Name == y.Name })
}

func equalHeader(a, b mirror.Header) bool {
	return a.Name == b.Name && slices.EqualFunc(a.Values, b.Values, func(x, y mirror.Secret) bool { return x.Reveal() == y.Reveal() })
}

func equalLists(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

func equalClients(a, b []ClientCert) bool {
	return (a == nil) == (b == nil) && slices.EqualFunc(a, b, func(x, y ClientCert) bool {
		return x.Cert == y.Cert && (x.Key == nil) == (y.Key == nil) && (x.Key == nil || *x.Key == *y.Key)
	})
}

func stringOrList(list []string) tomledit.Value {
	if len(list) == 1 {
		return tomledit.StringValue(list[0])
	}
	return tomledit.StringsValue(list...)
}

func clientValue(list []ClientCert) tomledit.Value {
	if len(list) == 1 && list[0].Key == nil {
		return tomledit.StringValue(list[0].Cert)
	}
	values := make([]tomledit.Value, len(list))
	for i, c := range list {
		if c.Key == nil {
			values[i] = tomledit.StringValue(c.Cert)
		} else {
			values[i] = tomledit.StringsValue(c.Cert, *c.Key)
		}
	}
	return tomledit.ArrayValue(values...)
}

func headerValue(h mirror.Header) tomledit.Value {
	values := make([]string, len(h.Values))
	for i, v := range h.Values {
		values[i] = v.Reveal()
	}
	return stringOrList(values)
}

func headerSection(header []mirror.Header) tomledit.Section {
	sec := tomledit.Section{Key: "header"}
	for _, h := range header {
		sec.Fields = append(sec.Fields, tomledit.Field{Key: h.Name, Value: headerValue(h)})
	}
	return sec
}

func hostSection(h Host) tomledit.Section {
	sec := tomledit.Section{Key: h.URL}
	add := func(key string, v tomledit.Value) {
		sec.Fields = append(sec.Fields, tomledit.Field{Key: key, Value: v})
	}
	if h.Capabilities != nil {
		add("capabilities", tomledit.StringsValue(h.Capabilities...))
	}
	if h.CA != nil {
		add("ca", stringOrList(h.CA))
	}
	if h.Client != nil {
		add("client", clientValue(h.Client))
	}
	if h.SkipVerify.IsSet() {
		add("skip_verify", tomledit.BoolValue(h.SkipVerify == mirror.On))
	}
	if h.OverridePath.IsSet() {
		add("override_path", tomledit.BoolValue(h.OverridePath == mirror.On))
	}
	if h.DialTimeout != "" {
		add("dial_timeout", tomledit.StringValue(h.DialTimeout))
	}
	if h.Header != nil {
		sec.Sections = append(sec.Sections, headerSection(h.Header))
	}
	return sec
}
