package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/internal/e2e/matrix"
	"github.com/mirrorcfg/mirrorcfg/internal/e2e/sandbox"
)

var update = flag.Bool("update", false, "write the matrix of this run into README.md")

func TestMain(m *testing.M) {
	code := sandbox.Main(m)
	if !results.Empty() { // in the sandbox, and some scenario ran
		fmt.Print(results.Markdown())
		if *update && code == 0 {
			if err := matrix.WriteSection("README.md", "matrix", results.Markdown()); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
	}
	os.Exit(code)
}
