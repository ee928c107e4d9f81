// Command sidebyside measures this library beside other tools and prints the
// table of README.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/mirrorcfg/mirrorcfg/internal/bench"
)

func main() {
	update := flag.Bool("update", false, "write the table to README.md of the module")
	only := flag.String("run", "", "only work whose name matches this expression; the cost of importing is called import")
	rounds := flag.Int("rounds", 12, "turns of each entry; the best counts")
	sample := flag.Duration("sample", 20*time.Millisecond, "length of a turn")
	flag.Parse()
	if err := run(*update, *only, bench.Effort{Rounds: *rounds, Sample: *sample}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(update bool, only string, effort bench.Effort) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	report := bench.Report{}
	for _, w := range bench.All() {
		if !match.MatchString(w.Name) {
			continue
		}
		fmt.Fprintln(os.Stderr, w.Name)
		results, err := w.Run(effort)
		if err != nil {
			return err
		}
		report.Add(w, results)
	}
	if match.MatchString("import") {
		root, err := bench.ModuleDir()
		if err != nil {
			return err
		}
		for _, c := range bench.Consumers() {
			fmt.Fprintln(os.Stderr, "import", c.Name)
			cost, err := c.Measure(root)
			if err != nil {
				return err
			}
			report.Costs = append(report.Costs, cost)
		}
	}
	report.Write(os.Stdout)
	if !update {
		return nil
	}
	if only != "" {
		return fmt.Errorf("-update is for the whole table, not for -run")
	}
	return report.UpdateReadme()
}
