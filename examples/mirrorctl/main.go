// Mirrorctl renders, plans, applies, explains and lints the registry-mirror
// configuration of containerd, Docker, Podman and CRI-O.
//
//	go run ./examples/mirrorctl render
//
// Exit codes: 0 done (plan: nothing to change); 1 failed; 2 there are changes
// (plan) or errors (lint).
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// exitCode is an error that only sets the exit code: what there was to say
// has been said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// commands is the whole command line.
type commands struct {
	Render  renderCommand  `cmd:"" help:"Write fresh files for the engines."`
	Plan    planCommand    `cmd:"" help:"Show what would change on the node."`
	Apply   applyCommand   `cmd:"" help:"Change the node's files: all of them or none."`
	Undo    undoCommand    `cmd:"" help:"Take the last apply back."`
	Read    readCommand    `cmd:"" help:"Show the model of what is there."`
	Explain explainCommand `cmd:"" help:"Show the requests an engine will make for an image."`
	Lint    lintCommand    `cmd:"" help:"Show what is wrong or silently useless."`
	Convert convertCommand `cmd:"" help:"Make one engine's files from another's."`
	Migrate migrateCommand `cmd:"" help:"Move to today's format: CRI mirrors to certs.d, registries.conf V1 to V2."`
	Probe   probeCommand   `cmd:"" help:"Measure which mirrors are alive, serve what they should, and how fast."`
	Trace   traceCommand   `cmd:"" help:"Show what a pull log proves."`
	Catalog catalogCommand `cmd:"" help:"List known public mirrors."`
	Cache   cacheCommand   `cmd:"" help:"Write pull-through caches of your own and the mirrors.toml that uses them."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process, so that tests can call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var cmds commands
	exited := -1
	parser, err := kong.New(&cmds, kong.Name("mirrorctl"), kong.Writers(stdout, stderr),
		kong.Description("Registry mirrors for containerd, Docker, Podman and CRI-O."),
		kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		panic(err) // the struct tags above are wrong
	}
	ctx, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "mirrorctl: %v; mirrorctl --help shows the commands, mirrorctl COMMAND --help the flags\n", err)
		return 1
	}
	err = ctx.Run(&terminal{in: stdin, out: stdout, err: stderr})
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	default:
		fmt.Fprintf(stderr, "mirrorctl: %v\n", err)
		return 1
	}
}
