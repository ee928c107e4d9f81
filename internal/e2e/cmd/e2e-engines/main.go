// Command e2e-engines installs the container engines which the end-to-end tests run.
//
//	go run ./cmd/e2e-engines install              every engine that is not optional
//	go run ./cmd/e2e-engines install dockerd-29   one component and what it needs
//	go run ./cmd/e2e-engines list                 what there is, and what is installed
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/engines"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "e2e-engines:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	cache, err := engines.DefaultCache()
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("e2e-engines", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cache.Dir, "cache", cache.Dir, "directory to install into (also "+engines.CacheVariable+")")
	mirror := flags.String("debian-mirror", os.Getenv("MIRRORCFG_E2E_DEBIAN_MIRROR"), "base address of a Debian archive (default: the one in this machine's apt sources)")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	switch flags.Arg(0) {
	case "install":
		installer := &engines.Installer{Cache: cache, Log: stderr, DebianMirror: *mirror}
		return installer.Install(ctx, flags.Args()[1:]...)
	case "list":
		return list(cache, stdout)
	}
	return fmt.Errorf("want `install [COMPONENT…]` or `list`, got %q", flags.Arg(0))
}

func list(cache engines.Cache, stdout io.Writer) error {
	for _, component := range engines.Catalog() {
		for _, kind := range component.Kinds {
			engine, err := cache.Find(component, kind)
			if err != nil {
				if _, err := fmt.Fprintf(stdout, "%-18s %-12s %v\n", component.Name, kind, err); err != nil {
					return err
				}
				continue
			}
			if _, err := fmt.Fprintf(stdout, "%-18s %-12s %s\n", component.Name, kind, engine.Version); err != nil {
				return err
			}
		}
	}
	return nil
}
