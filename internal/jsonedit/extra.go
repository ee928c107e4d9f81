package jsonedit

import (
	"bytes"

	"github.com/tailscale/hujson"
)

// An extra is the white space and comments between two tokens. The functions here divide it by what a reader takes it
// to belong to: a comment on the rest of a line to the item before it, comments on lines of their own to the item below
// them, unless a blank line stands between.

const spaces = " \t\r\n"

// extraLayout is what one walk over an extra tells.
type extraLayout struct {
	comments   bool
	commentEnd int  // offset after the last comment
	openLine   bool // the extra ends in a // comment whose newline is not part of it
	newline    int  // offset of the first line end outside comments, -1 if there is none
	blank      int  // offset of the line end after the last blank line (or of the only one), -1 if no line is blank
}

func layoutOf(e []byte) extraLayout {
	l := extraLayout{newline: -1, blank: -1}
	lineEmpty := false // since the last line end there was only white space
	for n := 0; n < len(e); {
		size := 1
		switch e[n] {
		case '\n':
			at := n
			if n > 0 && e[n-1] == '\r' {
				at--
			}
			if l.newline < 0 {
				l.newline = at
			}
			if lineEmpty {
				l.blank = at
			}
			lineEmpty = true
		case '/':
			size = max(commentLength(e[n:]), 1)
			l.comments, lineEmpty = true, false
			if comment := e[n : n+size]; bytes.HasPrefix(comment, []byte("//")) {
				if l.openLine = comment[size-1] != '\n'; !l.openLine {
					size-- // the line end is looked at on its own
				}
			}
			l.commentEnd = n + size
			if size > 0 && e[n+size-1] == '\r' {
				l.commentEnd--
			}
		}
		n += size
	}
	return l
}

// hasNewline reports whether e has a line end outside comments (that of a // comment counts).
func hasNewline(e []byte) bool { return layoutOf(e).newline >= 0 }

// hasComment reports whether e has a comment.
func hasComment(e []byte) bool { return bytes.IndexByte(e, '/') >= 0 }

// splitHead divides e at its first line end if a comment stands before it: head is the comment that belongs to what
// precedes e.
func splitHead(e []byte) (head, rest []byte) {
	if !hasComment(e) {
		return nil, e
	}
	l := layoutOf(e)
	if l.newline < 0 || !hasComment(e[:l.newline]) {
		return nil, e
	}
	return e[:l.newline:l.newline], e[l.newline:]
}

// splitDetached divides what follows splitHead's head before the comments that belong to the item below e.
func splitDetached(e []byte) (detached, attached []byte) {
	if l := layoutOf(e); l.blank >= 0 {
		return e[:l.blank:l.blank], e[l.blank:]
	}
	return nil, e
}

// join concatenates extras, ending a // comment before what does not start with a line end.
func join(newline string, parts ...[]byte) hujson.Extra {
	var out []byte
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		if len(out) > 0 && hasComment(out) && layoutOf(out).openLine && part[0] != '\n' && !bytes.HasPrefix(part, []byte("\r\n")) {
			out = append(out, newline...)
		}
		out = append(out, part...)
	}
	return out
}

// closeLine gives e, which a token follows, the line end that a // comment at its end needs.
func closeLine(newline string, e hujson.Extra) hujson.Extra {
	if hasComment(e) && layoutOf(e).openLine {
		return append(e[:len(e):len(e)], newline...)
	}
	return e
}

// leadingSpace returns the white space before the first comment in e.
func leadingSpace(e []byte) []byte {
	n := len(e) - len(bytes.TrimLeft(e, spaces))
	return e[:n:n]
}

// lineIndent returns the white space after the last line end in e that white space follows up to a token or comment.
func lineIndent(e []byte) string {
	i := bytes.LastIndexByte(e, '\n') + 1
	rest := e[i:]
	return string(rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))])
}
