package podman

import (
	"bytes"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

// v1Comments are the comments on a list of the V1 form, without their marks.
type v1Comments struct {
	list    string
	entries []string          // by place in the list
	byName  map[string]string // the same, by what the entry says
}

// all is every comment, in file order.
func (c *v1Comments) all() string { return joinComments(append([]string{c.list}, c.entries...)...) }

// of is the comment for the table that is made of an entry, with that of the
// list where it is the first.
func (c *v1Comments) of(entry string, first bool) string {
	if first {
		return joinComments(c.list, c.byName[entry])
	}
	return c.byName[entry]
}

func joinComments(comments ...string) string {
	var lines []string
	for _, c := range comments {
		if c != "" {
			lines = append(lines, c)
		}
	}
	return strings.Join(lines, "\n")
}

func (f *RegistriesFile) v1List(table string) tomledit.Node {
	return f.doc.Root().ChildFold("registries").ChildFold(table).ChildFold("registries")
}

// v1Comments finds the comments that belong to a list. One inside the list
// belongs to the entry before it on its line, or else to the entry below.
func (f *RegistriesFile) v1Comments(table string) v1Comments {
	list := f.v1List(table)
	c := v1Comments{byName: map[string]string{}}
	if !list.IsValid() {
		return c
	}
	whole := list
	if t := list.Parent(); t.Origin() == tomledit.Header {
		whole = t
	}
	for whole.Parent().Kind() == tomledit.InlineTable {
		whole = whole.Parent()
	}
	src, extent, value := f.doc.Bytes(), whole.Extent(), list.ValueSpan()
	entry := list.First()
	c.entries = make([]string, 0, list.Len())
	for _, at := range commentsIn(src, extent) {
		text := strings.TrimRight(string(src[at.Start+1:at.End]), " \t\r")
		text = strings.TrimPrefix(text, " ")
		if at.Start < value.Start || at.Start >= value.End {
			c.list = joinComments(c.list, text)
			continue
		}
		// The entry is the last that begins before the comment's line ends.
		for next := entry.Next(); next.IsValid() && next.Span().Start < at.Start; next = entry.Next() {
			entry = next
		}
		owner := entry
		if behind := owner.Span().End; !owner.IsValid() || behind > at.Start || bytes.IndexByte(src[behind:at.Start], '\n') >= 0 {
			if owner.Span().Start < at.Start {
				owner = owner.Next()
			}
		}
		if !owner.IsValid() {
			c.list = joinComments(c.list, text)
			continue
		}
		c.entries = append(c.entries, text)
		name, _ := owner.AsString()
		name = trimSlash(name)
		c.byName[name] = joinComments(c.byName[name], text)
	}
	return c
}

// commentsIn are the comments of a stretch of TOML, from the mark to the end
// of the line.
func commentsIn(src []byte, span tomledit.Span) []tomledit.Span {
	var out []tomledit.Span
	for i := span.Start; i < span.End; i++ {
		switch src[i] {
		case '#':
			end := span.End
			if n := bytes.IndexByte(src[i:end], '\n'); n >= 0 {
				end = i + n
			}
			out = append(out, tomledit.Span{Start: i, End: end})
			i = end
		case '"', '\'':
			i = stringEnd(src[:span.End], i) - 1
		}
	}
	return out
}

// stringEnd is the offset behind the string that begins at i.
func stringEnd(src []byte, i int) int {
	quote := src[i : i+1]
	if i+2 < len(src) && src[i+1] == quote[0] && src[i+2] == quote[0] {
		quote = src[i : i+3]
	}
	for i += len(quote); i < len(src); i++ {
		switch {
		case quote[0] == '"' && src[i] == '\\':
			i++
		case bytes.HasPrefix(src[i:], quote):
			i += len(quote)
			// Up to two more quotes belong to the text before.
			for n := 0; len(quote) == 3 && n < 2 && i < len(src) && src[i] == quote[0]; n++ {
				i++
			}
			return i
		}
	}
	return len(src)
}
