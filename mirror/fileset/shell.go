package fileset

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// shellHead defines put, which writes standard input to a file: beside it
// first, then renamed, so that no reader sees a part.
const shellHead = `#!/bin/sh
# Writes files; set ROOT to write them beneath another directory.
set -eu
umask 022
ROOT=${ROOT:-}
tmp=
trap 'rm -f -- "${tmp:-}"' EXIT
trap 'exit 1' HUP INT TERM

put() { # path mode
	to=$ROOT$1
	if [ -d "$to" ]; then
		printf '%s: is a directory\n' "$to" >&2
		exit 1
	fi
	mkdir -p -- "${to%/*}"
	tmp=$(mktemp -- "${to%/*}/.mirrorcfg.XXXXXX")
	cat >"$tmp"
	chmod -- "$2" "$tmp"
	mv -f -- "$tmp" "$to"
	tmp=
}
`

// Shell returns a POSIX shell script that writes the files, beneath $ROOT
// where that is set. It needs sh, mkdir, mktemp, cat, chmod, mv and rm, stops
// at the first error, and can be run again.
func Shell(files mirror.Files) ([]byte, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(shellHead)
	for _, f := range sorted(files) {
		put := fmt.Sprintf("put %s %04o", shellQuote(f.Path), modeOf(f))
		switch text := string(f.Data); {
		case text == "":
			fmt.Fprintf(&b, "\n%s </dev/null\n", put)
		case isPlainText(f.Data) && strings.HasSuffix(text, "\n"):
			end := hereEnd(text)
			fmt.Fprintf(&b, "\n%s <<'%s'\n%s%s\n", put, end, text, end)
		default:
			fmt.Fprintf(&b, "\n{\n%s} | %s\n", shellPrintf(f.Data), put)
		}
	}
	return b.Bytes(), nil
}

// shellQuote keeps every byte: between single quotes none has a meaning.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// hereEnd is a word that is no line of the text.
func hereEnd(text string) string {
	end := "MIRRORCFG_EOF"
	for strings.Contains("\n"+text, "\n"+end+"\n") {
		end += "_"
	}
	return end
}

// shellPrintf writes any bytes, with the octal escapes that every printf
// knows. Letters and digits stay readable; an escape has three digits, so
// that a digit behind it is safe.
func shellPrintf(data []byte) []byte {
	var b bytes.Buffer
	for len(data) > 0 {
		n := min(len(data), 60)
		b.WriteString("\tprintf '")
		for _, c := range data[:n] {
			switch {
			case c > ' ' && c < 0x7f && !strings.ContainsRune(`'\%-`, rune(c)), c == ' ':
				b.WriteByte(c)
			default:
				fmt.Fprintf(&b, `\%03o`, c)
			}
		}
		b.WriteString("'\n")
		data = data[n:]
	}
	return b.Bytes()
}
