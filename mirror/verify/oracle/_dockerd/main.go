// Command dockerd answers questions about daemon.json and certs.d with the
// Docker Engine packages that it is linked with: questions on stdin, answers
// on stdout, one JSON document each. The same source is built for every
// version; the tag moby is for packages below github.com/moby/moby/v2, and
// hostsfile for engines that read hosts.toml.
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
