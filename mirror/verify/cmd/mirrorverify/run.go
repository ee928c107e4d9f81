package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/containerd"
	"github.com/mirrorcfg/mirrorcfg/docker"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
	"github.com/mirrorcfg/mirrorcfg/podman"
)

type options struct {
	root, engine, op, reference string
	json                        bool
}

// parse takes flags before and after the reference.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("mirrorverify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.root, "root", "/", "directory that stands for the node's root")
	flags.StringVar(&o.engine, "engine", "", "engine, with its version after an @, such as containerd@2.4")
	flags.StringVar(&o.op, "op", "pull", "pull, resolve or push")
	flags.BoolVar(&o.json, "json", false, "print one JSON document")
	for {
		if err := flags.Parse(args); err != nil {
			return o, err
		}
		if flags.NArg() == 0 {
			break
		}
		if o.reference != "" {
			return o, errors.New("more than one reference")
		}
		o.reference, args = flags.Arg(0), flags.Args()[1:]
	}
	switch {
	case o.reference == "":
		return o, errors.New("which reference?")
	case o.engine == "":
		return o, errors.New("which --engine?")
	}
	return o, nil
}

// engine is the engine of a name such as "podman@6.0".
func engine(name string) (mirror.Engine, error) {
	kind, version, _ := strings.Cut(name, "@")
	switch kind {
	case "containerd":
		return containerd.Engine{Version: version}, nil
	case "docker":
		return docker.Engine{Version: version}, nil
	case "podman", "cri-o", "buildah", "skopeo":
		tools := map[string]podman.Tool{"podman": podman.Podman, "cri-o": podman.CRIO, "buildah": podman.Buildah, "skopeo": podman.Skopeo}
		return podman.Engine{Tool: tools[kind], Version: version}, nil
	}
	return nil, fmt.Errorf("unknown engine %q: known are containerd, docker, podman, cri-o, buildah, skopeo", kind)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintln(stderr, "mirrorverify:", err)
		return 1
	}
	o, err := parse(args, stderr)
	if err != nil {
		return fail(err)
	}
	e, err := engine(o.engine)
	if err != nil {
		return fail(err)
	}
	op, err := mirror.ParseOperation(o.op)
	if err != nil {
		return fail(err)
	}
	result, err := verify.Explain(ctx, os.DirFS(o.root), e, o.reference, op)
	if err != nil {
		return fail(err)
	}
	document := newDocument(result)
	if o.json {
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(document)
	} else {
		err = document.print(stdout)
	}
	if err != nil {
		return fail(err)
	}
	for _, d := range document.Diagnostics {
		fmt.Fprintf(stderr, "%s: %s\n", d.Severity, d.Message)
	}
	if result.Err != nil {
		return 1
	}
	return 0
}
