package fileset

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/assert/yaml"
	"github.com/stretchr/testify/require"
)

// awkward are files that each exporter must carry whole.
func awkward() mirror.Files {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	contents := []string{
		"", "\n", "\n\n\n", " ", "\t\n", "a", "a\n", "a\n\n\n", "\n a\n", "  indented\nless\n", "\ttab\n", "a\n   \nb\n", "a  \n",
		"no end", "cr\r\nlf\n", "# comment: \"x\" 'y' `z` $HOME $(id) \\ \\n %s %d\n", "MIRRORCFG_EOF\nMIRRORCFG_EOF_\nx\n", "x\nMIRRORCFG_EOF",
		"-- /etc/other --\nx\n", "é ü 漢字 🐳\n", "next\u0085line\u2028sep\n", "\ufeffbom\n", "nul\x00\n", "bad \xff utf8\n", string(all), "- a\n- b\n", "---\n...\n", "{}",
		"%\n'\n\"\n", strings.Repeat("long line ", 500) + "\n", "-n\n", "\x1b[0m\n", "it's 9\\09", "0644 /etc/x\n",
	}
	var files mirror.Files
	for i, c := range contents {
		files = append(files, mirror.File{Path: "/etc/f" + string(rune('A'+i%26)) + string(rune('a'+i/26)), Mode: 0o644, Data: []byte(c)})
	}
	return append(files,
		mirror.File{Path: "/etc/secret", Mode: 0o600, Data: []byte("s\n")},
		mirror.File{Path: "/usr/local/bin/tool", Mode: 0o755, Data: []byte("#!/bin/sh\n")},
		mirror.File{Path: "/etc/with 'quotes' \"and\" $space", Mode: 0o640, Data: []byte("x\n")},
		mirror.File{Path: "/etc/-- dashes --", Mode: 0o400, Data: []byte("x\n")},
		mirror.File{Path: "/etc/containerd/certs.d/host_5000_/[::1]/hosts.toml", Data: []byte("default mode\n")},
		mirror.File{Path: "/" + strings.Repeat("long/", 40) + "名", Mode: 0o644, Data: []byte("x\n")},
	)
}

// assertTree checks that dir holds the files and nothing else.
func assertTree(t *testing.T, dir string, files mirror.Files, modes bool) {
	t.Helper()
	count := 0
	require.NoError(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			count++
		}
		return err
	}))
	assert.Equal(t, len(files), count)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Path))
		require.NoError(t, err)
		assert.Equal(t, string(f.Data), string(data), f.Path)
		if info, err := os.Stat(filepath.Join(dir, f.Path)); modes && assert.NoError(t, err) {
			assert.Equal(t, modeOf(f), info.Mode(), f.Path)
		}
	}
}

func TestWriteDir(t *testing.T) {
	dir := fastDir(t)
	require.NoError(t, WriteDir(dir, awkward()))
	assertTree(t, dir, awkward(), true)
	require.NoError(t, WriteDir(dir, awkward()), "again")
	assertTree(t, dir, awkward(), true)

	err := WriteDir(dir, mirror.Files{{Path: "/etc"}})
	require.ErrorContains(t, err, "/etc", "a directory in the way")
	assertTree(t, dir, awkward(), true)
	require.ErrorContains(t, WriteDir(dir, mirror.Files{{Path: "/etc/secret/x"}}), "not a directory")

	require.NoError(t, os.Symlink("/", filepath.Join(dir, "etc/out")))
	require.ErrorIs(t, WriteDir(dir, mirror.Files{{Path: "/etc/out/tmp/mirrorcfg-test"}}), ErrEscape)
}

func TestWriteTar(t *testing.T) {
	var b, again bytes.Buffer
	require.NoError(t, WriteTar(&b, awkward()))
	require.NoError(t, WriteTar(&again, awkward()))
	assert.Equal(t, b.Bytes(), again.Bytes())
	in := tar.NewReader(bytes.NewReader(b.Bytes()))
	var got mirror.Files
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		data, err := io.ReadAll(in)
		require.NoError(t, err)
		assert.Zero(t, h.Uid)
		assert.Zero(t, h.ModTime.Unix())
		got = append(got, mirror.File{Path: "/" + h.Name, Mode: h.FileInfo().Mode(), Data: data})
	}
	assertFiles(t, got)
	if tool, err := exec.LookPath("tar"); err == nil {
		dir := fastDir(t)
		cmd := exec.Command(tool, "-xpf", "-", "-C", dir)
		cmd.Stdin = &b
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		assertTree(t, dir, awkward(), true)
	}
}

// assertFiles compares with awkward, which has a file of mode zero.
func assertFiles(t *testing.T, got mirror.Files) {
	t.Helper()
	want := sorted(awkward())
	require.Len(t, got, len(want))
	for i := range want {
		assert.Equal(t, want[i].Path, got[i].Path)
		assert.Equal(t, modeOf(want[i]), got[i].Mode, want[i].Path)
		assert.Equal(t, string(want[i].Data), string(got[i].Data), want[i].Path)
	}
}

func TestTxtar(t *testing.T) {
	archive, err := Txtar(awkward())
	require.NoError(t, err)
	got, err := ParseTxtar(archive)
	require.NoError(t, err)
	assertFiles(t, got)

	byHand, err := ParseTxtar([]byte("any words\n-- etc/b --\nb\n-- /etc/a --\n"))
	require.NoError(t, err)
	assert.Equal(t, mirror.Files{{Path: "/etc/a", Mode: 0o644}, {Path: "/etc/b", Mode: 0o644, Data: []byte("b\n")}}, byHand)
	for _, bad := range []string{"-- ../x --\n", "-- a --\n-- /a --\n", "0644 base64 /a\n-- /a --\n!\n"} {
		_, err := ParseTxtar([]byte(bad))
		require.Error(t, err, bad)
	}
}

func TestCloudInit(t *testing.T) {
	doc, err := CloudInit(awkward())
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(doc, []byte("#cloud-config\n")))
	type entry struct{ Path, Owner, Permissions, Encoding, Content string }
	check := func(entries []entry) {
		want := sorted(awkward())
		require.Len(t, entries, len(want))
		for i, e := range entries {
			data := []byte(e.Content)
			if e.Encoding != "" {
				require.Equal(t, "b64", e.Encoding)
				data, err = base64.StdEncoding.DecodeString(e.Content)
				require.NoError(t, err)
			}
			assert.Equal(t, want[i].Path, e.Path)
			assert.Equal(t, string(want[i].Data), string(data), e.Path)
			assert.Equal(t, "root:root", e.Owner)
			assert.Len(t, e.Permissions, 4)
		}
	}
	var byGo struct {
		Files []entry `yaml:"write_files"`
	}
	require.NoError(t, yaml.Unmarshal(doc, &byGo))
	check(byGo.Files)

	// cloud-init reads with PyYAML.
	script := "import sys,json,yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))"
	if exec.Command("python3", "-c", "import yaml").Run() == nil {
		cmd := exec.Command("python3", "-c", script)
		cmd.Stdin = bytes.NewReader(doc)
		out, err := cmd.Output()
		require.NoError(t, err)
		var byPython struct {
			Files []entry `json:"write_files"`
		}
		require.NoError(t, json.Unmarshal(out, &byPython))
		check(byPython.Files)
	}
	empty, err := CloudInit(nil)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(empty, &byGo))
	assert.Empty(t, byGo.Files)
}

func FuzzCloudInit(f *testing.F) {
	for _, a := range awkward() {
		f.Add(a.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := CloudInit(mirror.Files{{Path: "/a", Data: data}, {Path: "/b", Data: []byte("next\n")}})
		require.NoError(t, err)
		var got struct {
			Files []struct{ Encoding, Content string } `yaml:"write_files"`
		}
		require.NoError(t, yaml.Unmarshal(doc, &got))
		require.Len(t, got.Files, 2)
		back := []byte(got.Files[0].Content)
		if got.Files[0].Encoding == "b64" {
			back, err = base64.StdEncoding.DecodeString(got.Files[0].Content)
			require.NoError(t, err)
		}
		require.Equal(t, string(data), string(back))
	})
}

func FuzzTxtar(f *testing.F) {
	for _, a := range awkward() {
		f.Add(a.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files := mirror.Files{{Path: "/a", Mode: 0o640, Data: data}, {Path: "/b", Mode: 0o644, Data: []byte("next\n")}}
		archive, err := Txtar(files)
		require.NoError(t, err)
		got, err := ParseTxtar(archive)
		require.NoError(t, err)
		require.Len(t, got, 2)
		require.Equal(t, string(data), string(got[0].Data))
		require.Equal(t, "next\n", string(got[1].Data))
		_, _ = ParseTxtar(data)
	})
}

// The fields are those of the Ignition configuration specification v3.0.0:
// ignition.version, storage.files[].{path,overwrite,mode,contents.source}.
func TestIgnition(t *testing.T) {
	doc, err := Ignition(awkward())
	require.NoError(t, err)
	var got struct {
		Ignition struct {
			Version string `json:"version"`
		} `json:"ignition"`
		Storage struct {
			Files []struct {
				Path      string `json:"path"`
				Overwrite *bool  `json:"overwrite"`
				Mode      *int   `json:"mode"`
				Contents  struct {
					Source *string `json:"source"`
				} `json:"contents"`
			} `json:"files"`
		} `json:"storage"`
	}
	in := json.NewDecoder(bytes.NewReader(doc))
	in.DisallowUnknownFields()
	require.NoError(t, in.Decode(&got))
	assert.Equal(t, "3.0.0", got.Ignition.Version)
	want := sorted(awkward())
	require.Len(t, got.Storage.Files, len(want))
	for i, f := range got.Storage.Files {
		assert.Equal(t, want[i].Path, f.Path)
		assert.True(t, *f.Overwrite)
		assert.Equal(t, int(modeOf(want[i])), *f.Mode)
		text, ok := strings.CutPrefix(*f.Contents.Source, "data:;base64,")
		require.True(t, ok)
		data, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		assert.Equal(t, string(want[i].Data), string(data))
	}
	assert.Contains(t, string(doc), `"mode": 384`, "0600 in decimal")
}

func TestShell(t *testing.T) {
	script, err := Shell(awkward())
	require.NoError(t, err)
	ran := 0
	for _, shell := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"bash", "--posix"}, {"busybox", "sh"}} {
		tool, err := exec.LookPath(shell[0])
		if err != nil {
			t.Logf("%s is not installed", shell[0])
			continue
		}
		t.Run(strings.Join(shell, " "), func(t *testing.T) {
			dir := filepath.Join(fastDir(t), "a 'root'")
			for range 2 { // it can be run again
				cmd := exec.Command(tool, shell[1:]...)
				cmd.Env = append(os.Environ(), "ROOT="+dir)
				cmd.Stdin = nil
				file := filepath.Join(t.TempDir(), "script")
				require.NoError(t, os.WriteFile(file, script, 0o700))
				cmd.Args = append(cmd.Args, file)
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
				assert.Empty(t, string(out))
				assertTree(t, dir, awkward(), true)
			}
			// A directory in the way stops the script, with nothing left behind.
			bad, err := Shell(mirror.Files{{Path: "/etc", Data: []byte("x\n")}, {Path: "/zz", Data: []byte("x\n")}})
			require.NoError(t, err)
			cmd := exec.Command(tool, append(shell[1:], "-c", string(bad))...)
			cmd.Env = append(os.Environ(), "ROOT="+dir)
			out, err := cmd.CombinedOutput()
			require.Error(t, err)
			assert.Contains(t, string(out), "is a directory")
			assertTree(t, dir, awkward(), true)
		})
		ran++
	}
	assert.Positive(t, ran)
	if tool, err := exec.LookPath("shellcheck"); err == nil {
		cmd := exec.Command(tool, "-s", "sh", "-")
		cmd.Stdin = bytes.NewReader(script)
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, string(out))
	}
}

func TestExportersRefuseBadPaths(t *testing.T) {
	for _, path := range []string{"", "etc/x", "/../x", "/a/./b", "/a\nb", "//a", "/", "/etc/"} {
		files := mirror.Files{{Path: path}}
		_, err := Txtar(files)
		require.Error(t, err, path)
		_, err = CloudInit(files)
		require.Error(t, err, path)
		_, err = Ignition(files)
		require.Error(t, err, path)
		_, err = Shell(files)
		require.Error(t, err, path)
		require.Error(t, WriteTar(io.Discard, files), path)
		require.Error(t, WriteDir(t.TempDir(), files), path)
	}
	_, err := Shell(mirror.Files{{Path: "/a"}, {Path: "/a"}})
	require.ErrorContains(t, err, "twice")
}
