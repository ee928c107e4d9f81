package jsonedit

import (
	"bytes"

	"github.com/tailscale/hujson"
)

// list is what objects and arrays have in common: items, each with an extra before it and one between it and its
// comma, and a tail between the last item, or its comma, and the closing bracket. A trailing comma is there exactly if
// the last item's after is not nil.
type list interface {
	length() int
	before(i int) *hujson.Extra
	after(i int) *hujson.Extra
	tail() *hujson.Extra
	key() any // identifies the container
}

// place is where a container stands, which decides the layout of its first items.
type place struct {
	doc    *Document
	indent string // of the line the container opens on
	inline bool   // the container's siblings share one line
}

// gap is what stands between two items on the same line of c.
func (p place) gap(c list) []byte {
	for _, i := range []int{c.length() - 1, 1} {
		if i > 0 && i < c.length() {
			if e := *c.before(i); !hasComment(e) && !hasNewline(e) {
				return e
			}
		}
	}
	if p.doc.isCompact() {
		return nil
	}
	return []byte(" ")
}

func (p place) lineBreak(indent string) []byte { return []byte(p.doc.newline() + indent) }

// makeRoom prepares the extras around position i of c for items that the caller will insert there. It returns the
// extra before the first of them and before each further one, and the after of the last one.
func (p place) makeRoom(c list, i int, inline bool) (first, further, after hujson.Extra) {
	n := c.length()
	switch {
	case n == 0:
		first, further = p.openEmpty(c, inline)
		return first, further, nil
	case i < n:
		e := *c.before(i)
		if hasNewline(e) {
			head, rest := splitHead(e)
			lineBreak := p.lineBreak(lineIndent(e))
			*c.before(i) = rest
			return join("", head, lineBreak), lineBreak, nil
		}
		gap := p.gap(c)
		if lead := leadingSpace(e); len(lead) < len(e) { // a comment before item i stays with it
			*c.before(i) = join("", gap, e[len(lead):])
			return lead, gap, nil
		}
		*c.before(i) = gap
		return e, gap, nil
	}
	if *c.after(n - 1) != nil {
		after = hujson.Extra{} // the trailing comma stays
	}
	first, further = p.append(c)
	return first, further, after
}

// openEmpty lays out the first items of an empty container.
func (p place) openEmpty(c list, inline bool) (first, further hujson.Extra) {
	inside := *c.tail()
	if p.doc.emptyInside == nil {
		p.doc.emptyInside = map[any]hujson.Extra{}
	}
	p.doc.emptyInside[c.key()] = inside
	lineBreak := p.lineBreak(p.indent + p.doc.indentUnit())
	switch comments := hasComment(inside); {
	case comments:
		first = join("", inside[:layoutOf(inside).commentEnd], lineBreak)
	case inline && !hasNewline(inside):
		*c.tail() = nil
		if p.doc.isCompact() {
			return nil, nil
		}
		return nil, hujson.Extra(" ")
	default:
		first = lineBreak
	}
	*c.tail() = p.lineBreak(p.indent)
	return first, lineBreak
}

// append lays out items after the last one of c.
func (p place) append(c list) (first, further hujson.Extra) {
	n := c.length()
	tail := *c.tail()
	head, rest := splitHead(tail)
	if hasComment(tail) && *c.after(n - 1) == nil && !hasNewline(tail) {
		// A comment on the bracket's own line belongs to the item before it: it moves before the comma.
		end := layoutOf(tail).commentEnd
		*c.after(n - 1), *c.tail() = tail[:end:end], tail[end:]
		head = nil
	} else {
		*c.tail() = rest
	}
	last := *c.before(n - 1)
	if hasNewline(last) {
		further = p.lineBreak(lineIndent(last))
		return join("", head, further), further
	}
	further = p.gap(c)
	if head != nil {
		return join("", head, p.lineBreak(p.indent+p.doc.indentUnit())), further
	}
	return further, further
}

// item is the comments that go with an item that leaves its place.
type item struct {
	before hujson.Extra // from the line end before its comments up to the item; nil without comments
	after  hujson.Extra // the comment on the rest of its line
}

// closeGap prepares the extras of c for the removal of item i. previous is the item that will stand before the gap, or
// -1; none of those between is there any more.
func (p place) closeGap(c list, previous, i int) (left item) {
	e := *c.before(i)
	head, rest := splitHead(e)
	detached, attached := splitDetached(rest)
	if hasComment(attached) {
		left.before = attached
	}
	if i == c.length()-1 {
		left.after = p.closeEnd(c, previous, i, head, detached)
		return left
	}
	next := c.before(i + 1)
	nextHead, nextRest := splitHead(*next)
	left.after = nextHead
	newline := p.doc.newline()
	switch breaks, nextBreaks := hasNewline(e), hasNewline(*next); {
	case breaks && nextBreaks:
		*next = join(newline, head, detached, nextRest)
	case breaks:
		*next = join(newline, head, detached, p.lineBreak(lineIndent(e)), commentsOf(*next))
	case nextBreaks && hasComment(nextRest):
		*next = nextRest
	default:
		comments := commentsOf(nextRest)
		*next = join(newline, leadingSpace(e), comments)
	}
	*next = closeLine(newline, *next)
	return left
}

// closeEnd is closeGap for the last item.
func (p place) closeEnd(c list, previous, i int, head, detached []byte) (trailing hujson.Extra) {
	newline := p.doc.newline()
	trailing, rest := splitHead(*c.tail())
	if !hasComment(detached) {
		detached = nil
	}
	if previous < 0 {
		kept := join(newline, head, detached, rest)
		if inside, ok := p.doc.emptyInside[c.key()]; ok {
			kept = inside
			delete(p.doc.emptyInside, c.key())
		} else if !hasComment(kept) {
			kept = nil
		}
		*c.tail() = closeLine(newline, kept)
		return trailing
	}
	beforeComma := c.after(previous)
	if *c.after(i) == nil {
		*c.tail() = join(newline, *beforeComma, head, detached, rest)
		*beforeComma = nil
	} else {
		*c.tail() = join(newline, head, detached, rest)
		if *beforeComma == nil {
			*beforeComma = hujson.Extra{}
		}
	}
	*c.tail() = closeLine(newline, *c.tail())
	return trailing
}

// commentsOf returns e from its first comment on; nil without comments.
func commentsOf(e []byte) []byte {
	if i := bytes.IndexByte(e, '/'); i >= 0 {
		return e[i:]
	}
	return nil
}

// isInline reports whether the items of a container that has some share one line.
func isInline(c list) bool {
	for i := range c.length() {
		if hasNewline(*c.before(i)) {
			return false
		}
	}
	return true
}
