package tomledit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLargeAndDeep parses and edits what could overflow a stack or take
// quadratic time. The time limit is generous: quadratic would be minutes.
func TestLargeAndDeep(t *testing.T) {
	const deep = 10_000
	size := 4 << 20 // 20 MB take 16 s
	if testing.Short() {
		size = 1 << 20
	}
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size/4; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	cases := map[string]struct {
		src   string
		fails bool
	}{
		"deep array":        {src: "a=" + strings.Repeat("[", deep) + strings.Repeat("]", deep)},
		"deep inline table": {src: "a=" + strings.Repeat("{a=", deep-1) + "1" + strings.Repeat("}", deep-1)},
		"too deep array":    {src: "a=" + strings.Repeat("[", deep+1) + strings.Repeat("]", deep+1), fails: true},
		"open array":        {src: "a=" + strings.Repeat("[", size), fails: true},
		"deep header":       {src: "[" + strings.Repeat("a.", deep) + "a]\nx=1\n"},
		"deep dotted key":   {src: strings.Repeat("a.", deep) + "a=1\n"},
		"long dotted key":   {src: strings.Repeat("a.", size/16) + "a=1\n"},
		"long header":       {src: "[" + strings.Repeat("a.", size/16) + "a]\nx=1\n"},
		"long string":       {src: "a='" + strings.Repeat("x", size) + "'\n"},
		"long escapes":      {src: "a=\"" + strings.Repeat(`\\`, size/2) + "\"\n"},
		"long comment":      {src: strings.Repeat("# c\n", size/4) + "a=1\n"},
		"long blank":        {src: strings.Repeat("\n", size) + "a=1\n"},
		"one line":          {src: "a=[" + strings.Repeat("1,", size/8) + "]\n"},
		"many keys":         {src: numbered("k%d=1\n")},
		"many tables":       {src: numbered("[t%d]\n")},
		"many sub-tables":   {src: numbered("[host.\"https://m%d\"]\nca='x'\n")},
		"many elements":     {src: strings.Repeat("[[r]]\n[[r.m]]\nk=1\n", size/64)},
		"same key":          {src: strings.Repeat("a=1\n", size/64)},
		"same table":        {src: strings.Repeat("[a]\n", size/64)},
		"same dotted key":   {src: strings.Repeat("a.b=1\n", size/64)},
		"zeros":             {src: strings.Repeat("\x00", size), fails: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			doc, err := Parse([]byte(c.src))
			if c.fails {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			e := doc.Edit()
			e.Set(doc.Root(), "neu", IntValue(1))
			e.AppendTable(doc.Root(), Section{Key: "last"})
			for n := range doc.Root().Children() {
				if n.Kind() == Array {
					e.AppendItem(n, IntValue(2))
				}
			}
			e.Delete(doc.Root().First())
			out, err := e.Bytes()
			require.NoError(t, err)
			_, err = Parse(out)
			require.NoError(t, err)
			deepest := doc.Root()
			for deepest.Kind() == Table && deepest.Len() > 0 {
				deepest = deepest.First()
			}
			deepest.Extent()
			_ = deepest.Name()
			e = doc.Edit()
			e.Rename(deepest, "neu")
			if p := deepest.Parent(); p.Kind() == Table {
				e.Set(p, "new", IntValue(1))
			}
			_, err = e.Bytes()
			require.NoError(t, err)
			require.Less(t, time.Since(start), time.Minute)
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	for src, want := range map[string]string{
		"a = \n":             "1:5",
		"a = 1\nb = [1\n":    "2:7",
		"\xef\xbb\xbfa b\n":  "1:3",
		"a = 1\n[x\n":        "2:3",
		"a = 'x":             "1:6",
		"x = \"\\q\"\n":      "1:6",
		"[[a]\n":             "1:4",
		"k = 1 2\n":          "1:7",
		"# \x01\n":           "1:3",
		"a = 1\r\nb = 2\rc":  "2:6",
		"a = \"\xff\"\n":     "1:6",
		"a = { b = 1, , }\n": "1:14",
	} {
		_, err := Parse([]byte(src))
		var syntax *SyntaxError
		require.ErrorAs(t, err, &syntax, src)
		require.True(t, strings.HasPrefix(err.Error(), want+": "), "%q: %s", src, err)
	}
}

func TestFaults(t *testing.T) {
	for src, want := range map[string][]FaultKind{
		"a=1\na=2\n":                        {DuplicateKey},
		"[a]\n[b]\n[a]\n":                   {DuplicateTable},
		"a={}\n[a.b]\n":                     {ExtendsInline},
		"a={}\na.b=1\n":                     {ExtendsInline},
		"a.b=1\n[a]\n":                      {ExtendsDotted},
		"[a.b]\n[a]\nb.c=1\n":               {ExtendsHeader},
		"[[a]]\n[a]\n":                      {ArrayClash},
		"[a]\n[[a]]\n":                      {ArrayClash},
		"a=[]\n[[a]]\n":                     {ArrayClash},
		"[[r.m]]\n[[r]]\n":                  {ArrayClash},
		"a=1\n[a.b]\n":                      {ValueClash},
		"a=1\na.b=1\n":                      {ValueClash},
		"a=99999999999999999999\n":          {BadValue},
		"a=2020-13-01\n":                    {BadValue},
		"a={b=1,}\n":                        {InlineTrailingComma},
		"a={\nb=1}\n":                       {InlineNewline},
		"a={b=1 # c\n}\n":                   {InlineNewline},
		"a={b=[\n1,\n],c='''\n'''}\n":       nil,
		`a="\e"`:                            {EscapeE},
		`"\x41"="\\x41"`:                    {EscapeX},
		"a=07:32\n":                         {TimeWithoutSeconds},
		"a=2020-01-01 07:32Z\n":             {TimeWithoutSeconds},
		"a={b=1,b=2}\nc=[{d.e=1,d={}}]\n":   {DuplicateKey, DuplicateKey},
		"[a]\nb=1\n[a.c]\n[[a.d]]\n[x.a]\n": nil,
	} {
		doc, err := Parse([]byte(src))
		require.NoError(t, err, src)
		var got []FaultKind
		for _, f := range doc.Faults() {
			got = append(got, f.Kind)
		}
		require.Equal(t, want, got, src)
	}
}
