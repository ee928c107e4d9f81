package fileset

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Txtar returns the files as one txtar archive, in path order. The comment
// before the first file has a line for each file, with its mode in octal,
// then what the format cannot say by itself, then its path:
//
//	0644 /etc/docker/daemon.json
//	0600 unterminated /etc/a    the last line has no line end
//	0600 base64 /etc/b          the content is no text, or has marker lines
//
// ParseTxtar reads all of it back.
func Txtar(files mirror.Files) ([]byte, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	var head, body bytes.Buffer
	for _, f := range sorted(files) {
		data, how := f.Data, ""
		switch {
		case !isText(data) || bytes.ContainsRune(data, '\r') || hasMarker(data):
			how = "base64 "
			data = wrapped(data)
		case len(data) > 0 && data[len(data)-1] != '\n':
			how = "unterminated "
			data = append(data[:len(data):len(data)], '\n')
		}
		fmt.Fprintf(&head, "%04o %s%s\n", modeOf(f), how, f.Path)
		fmt.Fprintf(&body, "-- %s --\n%s", f.Path, data)
	}
	return append(head.Bytes(), body.Bytes()...), nil
}

// wrapped is base64 in lines.
func wrapped(data []byte) []byte {
	text := base64.StdEncoding.EncodeToString(data)
	var b bytes.Buffer
	for len(text) > 0 {
		n := min(len(text), 76)
		b.WriteString(text[:n])
		b.WriteByte('\n')
		text = text[n:]
	}
	return b.Bytes()
}

func hasMarker(data []byte) bool {
	for line := range bytes.Lines(data) {
		if _, ok := marker(line); ok {
			return true
		}
	}
	return false
}

// marker returns the path of a line "-- path --".
func marker(line []byte) (string, bool) {
	s := strings.TrimRight(string(line), "\r\n")
	s, ok := strings.CutPrefix(s, "-- ")
	if !ok {
		return "", false
	}
	s, ok = strings.CutSuffix(s, " --")
	return strings.TrimSpace(s), ok && strings.TrimSpace(s) != ""
}

// ParseTxtar reads files from a txtar archive, one that Txtar wrote or one
// written by hand. A name without a slash in front is taken as rooted at /,
// and a file that the comment does not mention has mode 0644. Other lines of
// the comment mean nothing.
func ParseTxtar(archive []byte) (mirror.Files, error) {
	type attributes struct {
		mode fs.FileMode
		how  string
	}
	known := map[string]attributes{}
	var files mirror.Files
	for line := range bytes.Lines(archive) {
		if name, ok := marker(line); ok {
			if !strings.HasPrefix(name, "/") {
				name = "/" + name
			}
			files = append(files, mirror.File{Path: name, Mode: 0o644})
			continue
		}
		if len(files) > 0 {
			f := &files[len(files)-1]
			f.Data = append(f.Data, line...)
			continue
		}
		head, name, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), " /")
		modeText, how, _ := strings.Cut(head, " ")
		mode, err := strconv.ParseUint(modeText, 8, 9)
		if ok && err == nil && len(modeText) == 4 {
			known["/"+name] = attributes{fs.FileMode(mode), how}
		}
	}
	for i := range files {
		f := &files[i]
		a, ok := known[f.Path]
		if !ok {
			continue
		}
		f.Mode = a.mode
		switch a.how {
		case "unterminated":
			f.Data = bytes.TrimSuffix(f.Data, []byte("\n"))
		case "base64":
			text := bytes.ReplaceAll(bytes.ReplaceAll(f.Data, []byte("\n"), nil), []byte("\r"), nil)
			data, err := base64.StdEncoding.DecodeString(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Path, err)
			}
			f.Data = data
		}
	}
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	files.Sort()
	return files, nil
}

// isPlainText reports text that every consumer keeps as it is: UTF-8 with no
// control characters but tab and line feed.
func isPlainText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	for _, c := range string(data) {
		switch {
		case c == '\n' || c == '\t':
		case c < 0x20, c >= 0x7f && c < 0xa0, c == '\u2028', c == '\u2029', c == '\ufeff', c >= 0xfffe && c <= 0xffff:
			return false
		}
	}
	return true
}
