package tomledit

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomDoc writes a valid file in a random style.
func randomDoc(r *rand.Rand) string {
	g := &docGen{Rand: r, nl: "\n"}
	if r.IntN(4) == 0 {
		g.nl = "\r\n"
	}
	g.blank = r.IntN(3)
	g.eq = []string{" = ", "=", "  = "}[r.IntN(3)]
	if r.IntN(8) == 0 {
		g.b.WriteString("\ufeff")
	}
	if r.IntN(3) == 0 {
		g.line("", "# head of file")
		g.gap()
	}
	g.pairs("", r.IntN(4))
	g.tables("", "", 2)
	if r.IntN(4) == 0 {
		g.gap()
		g.line("", "# foot of file")
	}
	out := g.b.String()
	if r.IntN(4) == 0 {
		out = strings.TrimRight(out, "\r\n")
	}
	return out
}

type docGen struct {
	*rand.Rand
	b     strings.Builder
	nl    string
	eq    string
	blank int
	depth int
}

func (g *docGen) line(indent, s string) { g.b.WriteString(indent + s + g.nl) }

func (g *docGen) gap() {
	for range g.IntN(g.blank + 1) {
		g.line("", "")
	}
}

func (g *docGen) comment(indent string) {
	if g.IntN(4) == 0 {
		g.line(indent, "# about "+fmt.Sprint(g.IntN(100)))
	}
}

func (g *docGen) tail() string {
	if g.IntN(4) == 0 {
		return " # tail " + fmt.Sprint(g.IntN(100))
	}
	return ""
}

// key gives the i-th key of a table in some spelling.
func (g *docGen) key(i int) string {
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf(`"k.%d"`, i)
	case 1:
		return fmt.Sprintf(`'k %d'`, i)
	case 2:
		return fmt.Sprintf(`"\u006b\"%d"`, i)
	}
	return fmt.Sprintf("k%d", i)
}

func (g *docGen) pairs(indent string, n int) {
	for i := range n {
		g.comment(indent)
		if g.IntN(5) == 0 { // dotted keys
			key := fmt.Sprintf("d%d", i)
			g.line(indent, key+".x"+g.eq+g.value()+g.tail())
			if g.IntN(2) == 0 {
				g.line(indent, key+" . 'y'.z"+g.eq+g.value())
			}
			continue
		}
		g.line(indent, g.key(i)+g.eq+g.value()+g.tail())
		if g.IntN(4) == 0 {
			g.gap()
		}
	}
}

func (g *docGen) tables(path, indent string, depth int) {
	for i := range g.IntN(4) {
		name := fmt.Sprintf("%st%d", path, i)
		if g.IntN(3) == 0 {
			name = fmt.Sprintf(`%s"t%d"`, path, i)
		}
		switch g.IntN(4) {
		case 0, 1:
			g.section("["+name+"]", name, indent, depth)
		case 2:
			for range 1 + g.IntN(3) {
				g.section("[["+name+"]]", name, indent, depth)
			}
		case 3:
			if g.IntN(2) == 0 {
				g.section("["+name+".deep]", name+".deep", indent, depth)
			} else {
				g.section("[["+name+".list]]", name+".list", indent, depth)
			}
		}
	}
}

func (g *docGen) section(header, name, indent string, depth int) {
	g.gap()
	if g.IntN(6) == 0 {
		g.line(indent, "# apart")
		g.line("", "")
	}
	g.comment(indent)
	g.line(indent, header+g.tail())
	in := indent
	if g.IntN(2) == 0 {
		in += "  "
	}
	g.pairs(in, g.IntN(4))
	if g.IntN(8) == 0 {
		g.line(in, "# dangling")
	}
	if depth > 0 {
		g.tables(name+".", indent+"  ", depth-1)
	}
}

func (g *docGen) value() string {
	g.depth++
	defer func() { g.depth-- }()
	n := 12
	if g.depth > 2 {
		n = 8
	}
	switch g.IntN(n) {
	case 0:
		return fmt.Sprint(g.IntN(1000))
	case 1:
		return "true"
	case 2:
		return "'literal " + fmt.Sprint(g.IntN(9)) + "'"
	case 3:
		return `"basic \t \"` + fmt.Sprint(g.IntN(9)) + `"`
	case 4:
		return []string{"1.5e3", "nan", "-inf", "0x_ff"[:2] + "ff", "1_000", "1979-05-27T07:32:00Z", "07:32:00", "1979-05-27"}[g.IntN(8)]
	case 5:
		if g.depth == 1 {
			return "\"\"\"\\\n  # multi\n\"x\"\"\"\""
		}
		return "'''a\nb'''"
	case 6, 7:
		return fmt.Sprintf("%q", "plain"+fmt.Sprint(g.IntN(9)))
	case 8, 9:
		return g.array()
	default:
		return g.inline()
	}
}

func (g *docGen) array() string {
	n := g.IntN(4)
	var b strings.Builder
	switch style := g.IntN(5); style {
	case 0, 1:
		sep := []string{", ", ",", " , "}[g.IntN(3)]
		pad := []string{"", " "}[g.IntN(2)]
		b.WriteString("[" + pad)
		for i := range n {
			if i > 0 {
				b.WriteString(sep)
			}
			b.WriteString(g.value())
		}
		if n > 0 && g.IntN(4) == 0 {
			b.WriteString(",")
		}
		b.WriteString(pad + "]")
	case 2, 3:
		b.WriteString("[" + g.nl)
		for i := range n {
			if g.IntN(4) == 0 {
				b.WriteString("    # item" + g.nl)
			}
			if g.IntN(6) == 0 {
				b.WriteString(g.nl)
			}
			b.WriteString("    " + g.value())
			if i < n-1 || style == 2 {
				b.WriteString(",")
			}
			b.WriteString(g.tail() + g.nl)
		}
		b.WriteString("  ]")
	case 4:
		b.WriteString("[")
		for i := range n {
			if i > 0 {
				b.WriteString([]string{", ", "," + g.nl + "    ", ", # why" + g.nl + "   ", " # so" + g.nl + " , "}[g.IntN(4)])
			}
			b.WriteString(g.value())
		}
		b.WriteString([]string{"", g.nl, " # end" + g.nl}[g.IntN(3)] + "]")
	}
	return b.String()
}

func (g *docGen) inline() string {
	n := g.IntN(3)
	if n == 0 {
		return []string{"{}", "{ }"}[g.IntN(2)]
	}
	var parts []string
	for i := range n {
		key := fmt.Sprintf("i%d", i)
		if g.IntN(4) == 0 {
			key += ".j"
		}
		parts = append(parts, key+g.eq+g.inlineValue())
	}
	pad := []string{"", " "}[g.IntN(2)]
	return "{" + pad + strings.Join(parts, ", ") + pad + "}"
}

func (g *docGen) inlineValue() string {
	if g.IntN(2) == 0 {
		return "\"v\""
	}
	return g.value()
}
