// Command dockerd answers questions about daemon.json and certs.d with
// the Docker Engine packages that it is linked with: questions on stdin,
// answers on stdout, one JSON document each.
package main

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/dockerd"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

func main() {
	if err := upstream.Serve(os.Stdin, os.Stdout, upstream.ParserFunc(dockerd.Explain)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
