package verify

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/tables"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

// casesVariable sets the number of cases where the flag does not.
const casesVariable = "MIRRORCFG_CASES"

var cases = flag.Int("conformance.cases", casesFromEnvironment(), "random cases for each direction, of the oldest and the newest version of each engine; "+
	"the versions between get a tenth ("+casesVariable+" sets it too)")

func casesFromEnvironment() int {
	const usual = 200
	if n, err := strconv.Atoi(os.Getenv(casesVariable)); err == nil && n > 0 {
		return n
	}
	return usual
}

var readme = flag.Bool("readme", false, "put the table of this run into README.md")

// target is an engine at a version that a parser is pinned for.
type target struct {
	family, version string
	engine          mirror.Engine
	// share of the cases.
	share float64
}

func (t target) String() string { return t.family + " " + t.version }

// targets are all engines and versions.
func targets() []target {
	var out []target
	for _, v := range []string{"1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4"} {
		share := 0.1
		if v == "1.6" || v == "2.4" {
			share = 1
		}
		ctr := containerd.Engine{Version: v, Client: containerd.Ctr, Paths: containerd.Paths{HostsDirs: []string{"/etc/containerd/certs.d"}}}
		out = append(out,
			target{"containerd", v + " cri", containerd.Engine{Version: v}, share / 2},
			target{"containerd", v + " ctr", ctr, share / 2})
	}
	for _, lib := range []string{"5.36.2", "5.42.0"} {
		out = append(out, target{"podman", "c/image " + lib, podman.Engine{Library: lib}, 1})
	}
	for _, v := range []string{"20.10", "23.0", "24.0.7", "24.0", "25.0", "26.1", "27.5", "28.5", "29.7"} {
		share := 0.1
		if v == "29.7" {
			share = 1
		}
		for _, store := range []docker.ImageStore{docker.Containerd, docker.Graphdriver} {
			engine := docker.Engine{Version: v, ImageStore: store}
			name := v + " " + store.String()
			if store == docker.Containerd && (v == "20.10" || v == "23.0") {
				engine.ImageStore, engine.Builder = docker.Graphdriver, true // docker build goes that way
				name = v + " builder"
			}
			out = append(out, target{"docker", name, engine, share})
		}
	}
	return out
}

// cases is how many a target gets for each direction.
func (t target) cases() int { return max(1, int(math.Ceil(t.share*float64(*cases)))) }

func parserFor(t testing.TB, target target) *Parser {
	t.Helper()
	p, err := For(context.Background(), target.engine)
	require.NoError(t, err)
	return p
}

// certificates are on every generated node.
func certificates() mirror.Files {
	pair := tables.Certificate()
	return mirror.Files{
		{Path: caFile, Mode: 0o644, Data: pair.Cert},
		{Path: certFile, Mode: 0o644, Data: pair.Cert},
		{Path: keyFile, Mode: 0o600, Data: pair.Key},
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("rapid.nofailfile", "true") // the seed says it all
	seeded := false
	flag.Visit(func(f *flag.Flag) { seeded = seeded || f.Name == "rapid.seed" })
	if !seeded {
		_ = flag.Set("rapid.seed", "20260101") // the same cases at every run; 0 makes them new
	}
	_ = flag.Set("rapid.checks", strconv.Itoa(*cases))
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// Each case lays its files on disk; memory is quicker.
	if dir, err := os.MkdirTemp("/dev/shm", "mirrorverify-"); err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		_ = os.Setenv("TMPDIR", dir)
	}
	code := m.Run()
	fmt.Print(report.String())
	if *readme {
		if err := report.writeReadme(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	if err := Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// showFiles prints files for a failing case.
func showFiles(files mirror.Files) string {
	var b strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".pem") && !strings.HasSuffix(f.Path, ".key") {
			fmt.Fprintf(&b, "-- %s --\n%s\n", f.Path, f.Data)
		}
	}
	return b.String()
}

// list shows the first problems of a case; the others are most often the same
// for other references.
func list(problems []string) string {
	const shown = 2
	if len(problems) > shown {
		problems = append(problems[:shown:shown], fmt.Sprintf("… and %d more", len(problems)-shown))
	}
	return strings.Join(problems, "\n")
}
