package jsonedit

import "github.com/tailscale/hujson"

// indentUnit returns what one level of nesting adds to the indentation: what the root's first member has, else two
// spaces.
func (d *Document) indentUnit() string {
	if o, ok := d.root.Value.(*hujson.Object); ok {
		for i := range min(len(o.Members), 2) {
			if e := o.Members[i].Name.BeforeExtra; hasNewline(e) {
				return lineIndent(e)
			}
		}
	}
	return "  "
}

// isCompact reports whether the file is written without any white space between tokens.
func (d *Document) isCompact() bool {
	o, ok := d.root.Value.(*hujson.Object)
	if !ok || len(o.Members) == 0 {
		return false
	}
	m := &o.Members[0]
	return len(m.Name.BeforeExtra) == 0 && len(m.Name.AfterExtra) == 0 && len(m.Value.BeforeExtra) == 0 && m.Name.StartOffset >= 0
}

// arraysInline reports whether the file's own arrays, by the example of the first one among the root's members that is
// not empty, stand on one line.
func (d *Document) arraysInline() bool {
	if o, ok := d.root.Value.(*hujson.Object); ok {
		for i := range o.Members {
			if a, ok := o.Members[i].Value.Value.(*hujson.Array); ok && len(a.Elements) > 0 {
				return isInline(arrayList{a})
			}
		}
	}
	return false
}
