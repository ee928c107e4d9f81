package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Consumer is a throw-away module whose program imports a library and calls it.
type Consumer struct {
	Name string
	Role Role
	// Module and Version are required by the consumer; ours is replaced by the
	// checkout.
	Module, Version string
	Imports         []string
	// Call is the body of main.
	Call string
}

// Cost is what importing a library brings.
type Cost struct {
	Consumer
	// Modules are those in the consumer's go.mod, the library's own included.
	Modules []string
	// Packages are all that are linked.
	Packages []string
	// Go is the consumer's go line.
	Go string
	// Added is the size of the program less that of one that says hello.
	Added int64
}

// The budget of importing mirror and one adapter.
const (
	MaxModules = 4
	MaxAdded   = 2_500_000
	MaxGo      = "1.25.0"
)

const module = "github.com/mirrorcfg/mirrorcfg"

// Consumers are those of this library, adapter by adapter, and of its peers.
func Consumers() []Consumer {
	ours := func(engine string) Consumer {
		return Consumer{Name: "mirror and " + engine, Module: module, Version: "v0.0.0",
			Imports: []string{"os", module + "/mirror", module + "/" + engine},
			Call: `	plan, err := ` + engine + `.Engine{}.Plan(os.DirFS(os.Args[1]), mirror.Config{Registries: []mirror.Registry{{Prefix: "docker.io", Mirrors: []mirror.Endpoint{{URL: "https://mirror.example.com"}}}}})
	fmt.Println(plan, err)
	view, err := ` + engine + `.Engine{}.Read(os.DirFS(os.Args[1]))
	fmt.Println(view, err)
	fmt.Println(mirror.Attempts(view, os.Args[2], mirror.OpPull))`}
	}
	return []Consumer{
		ours("containerd"), ours("docker"), ours("podman"),
		{Name: "nvidia-container-toolkit 1.20.1 pkg/config/engine/docker", Role: Peer, Module: "github.com/NVIDIA/nvidia-container-toolkit", Version: "v1.20.1",
			Imports: []string{"os", nvidiaEngines + "docker"}, Call: nvidiaCall("docker", "docker.WithPath(os.Args[1])")},
		{Name: "nvidia-container-toolkit 1.20.1 pkg/config/engine/containerd", Role: Peer, Module: "github.com/NVIDIA/nvidia-container-toolkit", Version: "v1.20.1",
			Imports: []string{"os", nvidiaEngines + "containerd", "github.com/NVIDIA/nvidia-container-toolkit/pkg/config/toml"},
			Call:    nvidiaCall("containerd", "containerd.WithTopLevelConfigPath(os.Args[1]), containerd.WithConfigSource(toml.FromFile(os.Args[1]))")},
		{Name: "spegel 0.7.3 pkg/oci", Role: Peer, Module: "github.com/spegel-org/spegel", Version: "v0.7.3",
			Imports: []string{"context", "os", "github.com/spegel-org/spegel/pkg/oci"},
			Call:    `	fmt.Println(oci.AddMirrorConfiguration(context.Background(), os.Args[1], os.Args[2:], os.Args[2:], true, false, "", ""))`},
		{Name: "containers/image 5.36.2 pkg/sysregistriesv2", Role: Peer, Module: "github.com/containers/image/v5", Version: "v5.36.2",
			Imports: []string{"os", "github.com/containers/image/v5/pkg/sysregistriesv2"},
			Call:    `	fmt.Println(sysregistriesv2.FindRegistry(nil, os.Args[1]))`},
	}
}

const nvidiaEngines = "github.com/NVIDIA/nvidia-container-toolkit/pkg/config/engine/"

func nvidiaCall(engine, options string) string {
	return `	cfg, err := ` + engine + `.New(` + options + `)
	fmt.Println(err, cfg.AddRuntime("nvidia", "/usr/bin/nvidia-container-runtime", false))
	fmt.Println(cfg.Save(os.Args[1]))`
}

// ModuleDir is where this module is checked out.
func ModuleDir() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "", fmt.Errorf("the program was built with -trimpath: run it with go run or go test")
	}
	return filepath.Dir(file), nil
}

// Measure builds the consumer with the go tool and the default flags. bench is
// the folder of this module, whose go.sum knows all modules that are needed, so
// that none is asked for but from the module cache or the configured proxy.
func (c Consumer) Measure(bench string) (Cost, error) {
	dir, err := os.MkdirTemp("", "consumer")
	if err != nil {
		return Cost{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	hello, err := build(filepath.Join(dir, "hello"), "", "go "+MaxGo+"\n", "import \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n")
	if err != nil {
		return Cost{}, err
	}
	sums, err := os.ReadFile(filepath.Join(bench, "go.sum"))
	if err != nil {
		return Cost{}, err
	}
	// A go line of its own would hide what the library asks for.
	mod := fmt.Sprintf("go 1.21\n\nrequire %s %s\n", c.Module, c.Version)
	if c.Module == module {
		mod += fmt.Sprintf("\nreplace %s => %s\n", module, filepath.Join(bench, "..", ".."))
	}
	source := "import (\n\t\"fmt\"\n"
	for _, path := range c.Imports {
		source += fmt.Sprintf("\t%q\n", path)
	}
	folder := filepath.Join(dir, "consumer")
	size, err := build(folder, string(sums), mod, source+")\n\nfunc main() {\n"+c.Call+"\n}\n")
	if err != nil {
		return Cost{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	cost := Cost{Consumer: c, Added: size - hello}
	out, err := tool(folder, "mod", "edit", "-json")
	if err != nil {
		return Cost{}, err
	}
	var file struct {
		Go      string
		Require []struct{ Path string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		return Cost{}, err
	}
	cost.Go = file.Go
	for _, r := range file.Require {
		cost.Modules = append(cost.Modules, r.Path)
	}
	out, err = tool(folder, "list", "-deps", ".")
	cost.Packages = strings.Fields(string(out))
	return cost, err
}

// build returns the size of the program.
func build(dir, sums, mod, source string) (int64, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return 0, err
	}
	for name, text := range map[string]string{"go.mod": "module example.com/consumer\n\n" + mod, "go.sum": sums, "main.go": "package main\n\n" + source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	program := filepath.Join(dir, "program")
	if _, err := tool(dir, "build", "-buildvcs=false", "-o", program, "."); err != nil {
		return 0, err
	}
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func tool(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}
