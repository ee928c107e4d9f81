// Command cimage5 answers questions about registries.conf with
// the containers/image that it is linked with: questions on stdin,
// answers on stdout, one JSON document each.
package main

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/cimage5"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func main() {
	if err := upstream.Serve(os.Stdin, os.Stdout, upstream.ParserFunc(cimage5.Explain)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
