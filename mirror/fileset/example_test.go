package fileset_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// node is a root with a daemon.json, and plan what an engine may have planned
// for it.
func node() (root string, plan mirror.Plan) {
	root, err := os.MkdirTemp("", "mirrorcfg-example-")
	check(err)
	check(os.MkdirAll(filepath.Join(root, "etc/docker"), 0o755))
	check(os.WriteFile(filepath.Join(root, "etc/docker/daemon.json"), []byte("{}\n"), 0o644))
	return root, mirror.Plan{Changes: []mirror.Change{{
		Path: "/etc/docker/daemon.json", Kind: mirror.Update,
		Before: []byte("{}\n"), After: []byte("{\"registry-mirrors\": [\"https://m.example\"]}\n"),
	}}}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func show(root string) {
	data, err := os.ReadFile(filepath.Join(root, "etc/docker/daemon.json"))
	check(err)
	fmt.Print(string(data))
}

func ExampleDiff() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	fmt.Print(fileset.Diff(plan))
	// Output:
	// diff --git a/etc/docker/daemon.json b/etc/docker/daemon.json
	// --- a/etc/docker/daemon.json
	// +++ b/etc/docker/daemon.json
	// @@ -1 +1 @@
	// -{}
	// +{"registry-mirrors": ["https://m.example"]}
}

func ExamplePatch() {
	fmt.Print(fileset.Patch(mirror.Change{Path: "/etc/a", Kind: mirror.Create, After: []byte("x\n")}))
	// Output:
	// diff --git a/etc/a b/etc/a
	// new file mode 100644
	// --- /dev/null
	// +++ b/etc/a
	// @@ -0,0 +1 @@
	// +x
}

func ExampleRedact() {
	fmt.Print(string(fileset.Redact("hosts.toml", []byte("[host.\"https://m.example\".header]\n  Authorization = \"Basic c2VjcmV0\"\n"))))
	// Output:
	// [host."https://m.example".header]
	//   Authorization = "***"
}

func ExampleApply() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	undo, err := fileset.Apply(root, plan)
	check(err)
	show(root)
	check(undo.Restore())
	show(root)
	// Output:
	// {"registry-mirrors": ["https://m.example"]}
	// {}
}

func ExampleLoadUndo() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	_, err := fileset.Apply(root, plan)
	check(err)

	// Later, in another process:
	undo, err := fileset.LoadUndo(root)
	check(err)
	fmt.Println(undo.Paths(), undo.Interrupted())
	back, err := undo.Plan()
	check(err)
	fmt.Println(len(back.Changes), back.Changes[0].Kind)
	check(undo.Restore())
	_, err = fileset.LoadUndo(root)
	fmt.Println(errors.Is(err, fileset.ErrNoRecord))
	// Output:
	// [/etc/docker/daemon.json] false
	// 1 update
	// true
}

func ExampleRecords() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	_, err := fileset.Apply(root, plan, fileset.JournalAt("/opt/undo"))
	check(err)
	records, err := fileset.Records(root, fileset.JournalAt("/opt/undo"))
	check(err)
	for _, r := range records {
		fmt.Println(r.Paths())
	}
	// Output:
	// [/etc/docker/daemon.json]
}

func ExampleKeepRecords() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	_, err := fileset.Apply(root, plan, fileset.KeepRecords(10))
	check(err)
	records, err := fileset.Records(root)
	check(err)
	fmt.Println(len(records))
	// Output:
	// 1
}

func ExampleDiscard() {
	root, plan := node()
	defer func() { check(os.RemoveAll(root)) }()
	undo, err := fileset.Apply(root, plan)
	check(err)
	check(fileset.Discard(root, undo.Name())) // the change is here to stay
	fmt.Println(errors.Is(undo.Restore(), fileset.ErrNoRecord))
	// Output:
	// true
}

func files() mirror.Files {
	return mirror.Files{{Path: "/etc/containers/registries.conf", Mode: 0o644, Data: []byte("short-name-mode = \"enforcing\"\n")}}
}

func ExampleWriteDir() {
	dir, err := os.MkdirTemp("", "mirrorcfg-example-")
	check(err)
	defer func() { check(os.RemoveAll(dir)) }()
	check(fileset.WriteDir(dir, files()))
	data, err := os.ReadFile(filepath.Join(dir, "etc/containers/registries.conf"))
	check(err)
	fmt.Print(string(data))
	// Output:
	// short-name-mode = "enforcing"
}

func ExampleWriteTar() {
	f, err := os.CreateTemp("", "mirrorcfg-example-*.tar")
	check(err)
	defer func() { check(os.Remove(f.Name())) }()
	check(fileset.WriteTar(f, files()))
	info, err := f.Stat()
	check(err)
	fmt.Println(info.Size(), "bytes, the same every time")
	check(f.Close())
	// Output:
	// 2048 bytes, the same every time
}

func ExampleTxtar() {
	archive, err := fileset.Txtar(files())
	check(err)
	fmt.Print(string(archive))
	// Output:
	// 0644 /etc/containers/registries.conf
	// -- /etc/containers/registries.conf --
	// short-name-mode = "enforcing"
}

func ExampleParseTxtar() {
	parsed, err := fileset.ParseTxtar([]byte("-- etc/docker/daemon.json --\n{}\n"))
	check(err)
	fmt.Printf("%s %v %q\n", parsed[0].Path, parsed[0].Mode, parsed[0].Data)
	// Output:
	// /etc/docker/daemon.json -rw-r--r-- "{}\n"
}

func ExampleCloudInit() {
	doc, err := fileset.CloudInit(files())
	check(err)
	fmt.Print(string(doc))
	// Output:
	// #cloud-config
	// write_files:
	//   - path: "/etc/containers/registries.conf"
	//     owner: root:root
	//     permissions: "0644"
	//     content: |
	//       short-name-mode = "enforcing"
}

func ExampleIgnition() {
	doc, err := fileset.Ignition(files())
	check(err)
	fmt.Print(string(doc))
	// Output:
	// {
	//   "ignition": {
	//     "version": "3.0.0"
	//   },
	//   "storage": {
	//     "files": [
	//       {
	//         "path": "/etc/containers/registries.conf",
	//         "overwrite": true,
	//         "mode": 420,
	//         "contents": {
	//           "source": "data:;base64,c2hvcnQtbmFtZS1tb2RlID0gImVuZm9yY2luZyIK"
	//         }
	//       }
	//     ]
	//   }
	// }
}

func ExampleShell() {
	script, err := fileset.Shell(files())
	check(err)
	fmt.Print(string(script[bytes.LastIndex(script, []byte("put ")):]))
	// Output:
	// put '/etc/containers/registries.conf' 0644 <<'MIRRORCFG_EOF'
	// short-name-mode = "enforcing"
	// MIRRORCFG_EOF
}
