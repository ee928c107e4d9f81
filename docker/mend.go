package docker

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// mend adds edits to the findings of daemon.json that can be mended mechanically. Files in UTF-16 are left alone.
func (n *node) mend(ds mirror.Diagnostics) mirror.Diagnostics {
	out := append(mirror.Diagnostics(nil), ds...)
	m, ok := newMender(n)
	if !ok {
		return out
	}
	for i := range out {
		d := &out[i]
		if d.File != n.paths.Daemon || d.Line == 0 || d.Edits != nil {
			continue
		}
		at, ok := m.offset(d.Line, d.Column)
		if !ok {
			continue
		}
		switch d.Code {
		case ruleFlag.Code, ruleUnknown.Code:
			m.rename(d, at)
		case ruleComma.Code:
			d.Edits = m.replace(at, at+1, "")
		case ruleComment.Code:
			d.Edits = m.replace(at, m.commentEnd(at), "")
		case ruleMirrorScheme.Code, ruleMirrorCase.Code, ruleMirrorV2.Code, ruleInsecureScheme.Code:
			if text, ok := wanted(d.Fix); ok {
				d.Edits = m.replaceString(at, text)
			}
		}
	}
	return out
}

type mender struct {
	node *node
	data []byte
	skip int // bytes of the byte order mark
	// lines are the offsets at which lines start.
	lines []int
}

func newMender(n *node) (*mender, bool) {
	m := &mender{node: n, data: n.bytes, lines: []int{0}}
	switch n.file.doc.Encoding() {
	case jsonedit.UTF8BOM:
		m.skip = len("\ufeff")
	case jsonedit.UTF8:
	default:
		return nil, false
	}
	for i, c := range m.data[m.skip:] {
		if c == '\n' {
			m.lines = append(m.lines, i+1)
		}
	}
	return m, true
}

func (m *mender) offset(line, column int) (int, bool) {
	if line > len(m.lines) || column < 1 {
		return 0, false
	}
	at := m.skip + m.lines[line-1] + column - 1
	return at, at < len(m.data)
}

func (m *mender) replace(start, end int, text string) []mirror.Edit {
	return []mirror.Edit{{File: m.node.paths.Daemon, Start: start, End: end, Text: text}}
}

// wanted is the text that a fix says to write.
func wanted(fix string) (text string, ok bool) {
	quoted, ok := strings.CutPrefix(fix, "write ")
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(quoted)
	return text, err == nil
}

// stringEnd is the end of the JSON string that starts at an offset.
func (m *mender) stringEnd(at int) (int, bool) {
	if m.data[at] != '"' {
		return 0, false
	}
	for i := at + 1; i < len(m.data); i++ {
		switch m.data[i] {
		case '\\':
			i++
		case '"':
			return i + 1, true
		}
	}
	return 0, false
}

func (m *mender) replaceString(at int, text string) []mirror.Edit {
	end, ok := m.stringEnd(at)
	if !ok {
		return nil
	}
	return m.replace(at, end, string(jsonedit.String(text).Bytes()))
}

func (m *mender) commentEnd(at int) int {
	rest := m.data[at:]
	if bytes.HasPrefix(rest, []byte("/*")) {
		if i := bytes.Index(rest[2:], []byte("*/")); i >= 0 {
			return at + i + 4
		}
		return len(m.data)
	}
	if i := bytes.IndexAny(rest, "\r\n"); i >= 0 {
		return at + i
	}
	return len(m.data)
}

// rename gives a key of the root its right name, where that is free and the value fits it; a string alone becomes a
// list where one is needed.
func (m *mender) rename(d *mirror.Diagnostic, at int) {
	name, ok := wanted(d.Fix)
	if !ok {
		return
	}
	key, known := lookupKey(m.node.version, name)
	member, found := m.node.file.member(d.Field)
	if _, taken := m.node.file.member(name); !known || !found || taken {
		return
	}
	if p := member.Key.Position(); p.Line != d.Line || p.Column != d.Column {
		return // another key of that name
	}
	end, ok := m.stringEnd(at)
	if !ok {
		return
	}
	edits := m.replace(at, end, `"`+name+`"`)
	switch kind := member.Value.Kind(); {
	case key.kind == textListKind && kind == jsonedit.StringKind:
		v := member.Value
		start, stop := m.skip+v.Position().Offset, m.skip+v.End().Offset
		edits = append(edits, m.replace(start, start, "[")[0], m.replace(stop, stop, "]")[0])
	default:
		c := daemonCheck{DaemonFile: m.node.file, version: m.node.version}
		if c.value(key, member.Value, name); len(c.ds) > 0 {
			return
		}
	}
	d.Edits = edits
}
