// Command cri1 answers questions about containerd's config.toml with
// the containerd 1.x that it is linked with: questions on stdin,
// answers on stdout, one JSON document each. The loader, the migrations and
// the CRI plugin are containerd's own.
package main

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func main() {
	if err := upstream.Serve(os.Stdin, os.Stdout, upstream.ParserFunc(explainAll)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
