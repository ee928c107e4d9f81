// Command mirrorverify tells what upstream's own parser makes of a node's
// files for an image reference. It answers as mirrorctl explain does.
//
//	go run ./mirror/verify/cmd/mirrorverify --root DIR --engine containerd@2.4 REF [--json]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err := verify.Close(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "mirrorverify:", err)
	}
	os.Exit(code)
}
