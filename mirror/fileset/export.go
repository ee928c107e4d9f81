package fileset

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// WriteDir writes the files at their own paths beneath dir, which must exist.
// It is for a fresh tree, such as an image being built: each file is replaced
// whole, with exactly its mode, and there is no undo. Like Apply, it never
// leaves dir.
func WriteDir(dir string, files mirror.Files) error {
	if err := checkFiles(files); err != nil {
		return err
	}
	t, err := openTree(dir)
	if err != nil {
		return err
	}
	defer t.close()
	x := &transaction{tree: t}
	for _, f := range sorted(files) {
		at, err := t.resolve(f.Path)
		if err != nil {
			return err
		}
		missing, err := t.missing(at.dir)
		if err != nil {
			return fileError("write", f.Path, err)
		}
		for _, d := range missing {
			if err := x.mkdir(folder{Path: d, meta: fresh(0o755)}); err != nil {
				return err
			}
		}
		e := &edit{path: f.Path, at: at, want: &image{meta: fresh(modeOf(f)), Data: f.Data}}
		err = x.stage(e, e.want)
		if err == nil {
			err = x.swap(e, e.want)
		}
		if err != nil {
			_ = x.dropTemp(at)
			return fileError("write", f.Path, err)
		}
		x.edits = append(x.edits, e)
	}
	return x.sync()
}

// WriteTar writes the files as a tar archive in path order, owned by root and
// dated 1970-01-01, so that the same files give the same bytes. It holds no
// directories: those that exist where it is unpacked keep their modes.
func WriteTar(w io.Writer, files mirror.Files) error {
	if err := checkFiles(files); err != nil {
		return err
	}
	out := tar.NewWriter(w)
	for _, f := range sorted(files) {
		err := out.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: strings.TrimPrefix(f.Path, "/"), Mode: int64(modeOf(f)), Size: int64(len(f.Data)),
			ModTime: time.Unix(0, 0), Uname: "root", Gname: "root",
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		if _, err := out.Write(f.Data); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return out.Close()
}

// CloudInit returns the files as a #cloud-config document with one
// write_files entry each, as cloud-init's module cc_write_files reads it.
// Text is written as it is, anything else in base64.
func CloudInit(files mirror.Files) ([]byte, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("#cloud-config\nwrite_files:")
	if len(files) == 0 {
		b.WriteString(" []")
	}
	b.WriteByte('\n')
	for _, f := range sorted(files) {
		path, err := yamlString(f.Path)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "  - path: %s\n    owner: root:root\n    permissions: \"%04o\"\n", path, modeOf(f))
		writeYAMLContent(&b, f.Data)
	}
	return b.Bytes(), nil
}

// yamlString is a string in double quotes: YAML's escapes include those of
// JSON.
func yamlString(s string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSpace(b.String()), err
}

func writeYAMLContent(b *bytes.Buffer, data []byte) {
	const indent = "      "
	text := string(data)
	body := strings.TrimRight(text, "\n")
	switch {
	case text == "":
		b.WriteString("    content: \"\"\n")
		return
	case !isPlainText(data), strings.TrimSpace(body) == "":
		fmt.Fprintf(b, "    encoding: b64\n    content: %s\n", base64.StdEncoding.EncodeToString(data))
		return
	}
	b.WriteString("    content: |")
	if strings.ContainsRune(" \t\n", rune(text[0])) {
		b.WriteByte('2') // the indentation cannot be seen from the first line
	}
	switch len(text) - len(body) {
	case 0:
		b.WriteByte('-')
	case 1:
	default:
		b.WriteByte('+')
	}
	b.WriteByte('\n')
	for line := range strings.Lines(body) {
		if line != "\n" {
			b.WriteString(indent)
		}
		b.WriteString(line)
	}
	b.WriteString(strings.Repeat("\n", max(1, len(text)-len(body))))
}

// ignition is the part of the Ignition configuration specification v3.0.0
// that is written; later 3.x versions read it unchanged.
type ignition struct {
	Ignition struct {
		Version string `json:"version"`
	} `json:"ignition"`
	Storage struct {
		Files []ignitionFile `json:"files,omitempty"`
	} `json:"storage"`
}

type ignitionFile struct {
	Path      string      `json:"path"`
	Overwrite bool        `json:"overwrite"`
	Mode      fs.FileMode `json:"mode"` // decimal in JSON
	Contents  struct {
		Source string `json:"source"`
	} `json:"contents"`
}

// Ignition returns the files as an Ignition configuration, version 3.0.0,
// with the contents as data URLs. Files that exist are replaced.
func Ignition(files mirror.Files) ([]byte, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	var doc ignition
	doc.Ignition.Version = "3.0.0"
	for _, f := range sorted(files) {
		out := ignitionFile{Path: f.Path, Overwrite: true, Mode: modeOf(f)}
		out.Contents.Source = "data:;base64," + base64.StdEncoding.EncodeToString(f.Data)
		doc.Storage.Files = append(doc.Storage.Files, out)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return b.Bytes(), err
}
