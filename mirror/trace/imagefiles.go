package trace

import "bytes"

// logicalName takes the image's own name from the policy check, for tools
// that announce none.
func (c *collector) logicalName(s []byte) {
	if p := c.latest[engineImage]; p != nil && p.Image == "" {
		c.name(p, s)
	}
}

// undecoded reads `"key" "key"] from "path"`.
func (c *collector) undecoded(s []byte) {
	end := bytes.LastIndex(s, []byte(`] from "`))
	if end < 0 {
		return
	}
	path, _, ok := quoted(s[end+len(`] from `):])
	if !ok {
		return
	}
	f := c.file(text(path), RegistriesConf)
	if f == nil {
		return
	}
	f.Count--
	if len(f.Undecoded) > 0 {
		return // the same file, loaded again
	}
	for s = s[:end]; len(s) > 0; {
		key, rest, ok := quoted(bytes.TrimLeft(s, " "))
		if !ok {
			return
		}
		s = rest
		f.addUndecoded(text(key))
	}
}

func (f *File) addUndecoded(key string) {
	for i := range f.Undecoded {
		if f.Undecoded[i].Key == key {
			f.Undecoded[i].Count++
			return
		}
	}
	if len(f.Undecoded) < maxKeys {
		f.Undecoded = append(f.Undecoded, UndecodedKey{Key: key, Count: 1})
	}
}

// shortName reads which file completed a short name.
func (c *collector) shortName(r *record, m []byte) {
	s, ok := c.after(r, m, "Resolving ")
	if !ok {
		if s, ok = c.after(r, m, "Resolved "); !ok {
			return
		}
	}
	_, rest, ok := quoted(s)
	if !ok {
		return
	}
	for _, lead := range []string{" using unqualified-search registries (", " as an alias ("} {
		if has(rest, lead) && bytes.HasSuffix(rest, []byte(")")) {
			c.file(bound(string(rest[len(lead):len(rest)-1])), RegistriesConf)
		}
	}
}
