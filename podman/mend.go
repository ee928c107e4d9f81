package podman

import (
	"bytes"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// The edits by which diagnostics mend what can be mended mechanically.

func (f *RegistriesFile) splice(span tomledit.Span, text string) []mirror.Edit {
	return []mirror.Edit{{File: f.name, Start: span.Start, End: span.End, Text: text}}
}

// quoted is a text as a TOML string; one that TOML cannot hold has none.
func quoted(s string) (string, bool) {
	b, err := tomledit.AppendString(nil, s)
	return string(b), err == nil
}

// replaceString gives a key another text.
func (f *RegistriesFile) replaceString(n tomledit.Node, text string) []mirror.Edit {
	q, ok := quoted(text)
	if !ok || n.ValueSpan().Len() == 0 {
		return nil
	}
	return f.splice(n.ValueSpan(), q)
}

// deleteNode removes a key or table with the lines it stands on.
func (f *RegistriesFile) deleteNode(n tomledit.Node) []mirror.Edit {
	if n.Parent().Kind() == tomledit.InlineTable {
		return nil
	}
	return f.splice(n.Extent(), "")
}

// insertBelow adds a line below a key, with the key's indentation. Inside an
// inline table it adds the pair behind the key.
func (f *RegistriesFile) insertBelow(n tomledit.Node, pair string) []mirror.Edit {
	span := n.Span()
	if n.Parent().Kind() == tomledit.InlineTable {
		return f.splice(tomledit.Span{Start: span.End, End: span.End}, ", "+pair)
	}
	src := f.doc.Bytes()
	end := len(src)
	if i := bytes.IndexByte(src[span.End:], '\n'); i >= 0 {
		end = span.End + i
	}
	eol := "\n"
	if end > 0 && end < len(src) && src[end-1] == '\r' {
		end--
		eol = "\r\n"
	}
	lineStart := bytes.LastIndexByte(src[:span.Start], '\n') + 1
	indent := string(src[lineStart:span.Start])
	if strings.TrimLeft(indent, " \t") != "" {
		indent = ""
	}
	return f.splice(tomledit.Span{Start: end, End: end}, eol+indent+pair)
}

// insertLocation adds location = prefix.
func (f *RegistriesFile) insertLocation(e *entry) []mirror.Edit {
	q, ok := quoted(trimSlash(e.Prefix))
	n := e.node.ChildFold("prefix")
	if !ok || !n.IsValid() {
		return nil
	}
	if at := e.node.ChildFold("location"); at.IsValid() {
		return f.replaceString(at, trimSlash(e.Prefix))
	}
	return f.insertBelow(n, "location = "+q)
}

// stripScheme takes the scheme off a location, and adds insecure = true for
// plain http.
func (f *RegistriesFile) stripScheme(table, n tomledit.Node, value string) []mirror.Edit {
	scheme, rest, found := strings.Cut(value, "://")
	if !found || !n.IsValid() {
		return nil
	}
	edits := f.replaceString(n, rest)
	if strings.EqualFold(scheme, "http") && n.Key() != "prefix" && !table.ChildFold("insecure").IsValid() {
		edits = append(edits, f.insertBelow(n, "insecure = true")...)
	}
	return edits
}
