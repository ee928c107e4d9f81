package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// terminal is where a command reads and writes: results on out, messages on
// err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// json prints one document.
func (t *terminal) json(v any) error {
	enc := json.NewEncoder(t.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// say prints diagnostics as messages.
func (t *terminal) say(ds mirror.Diagnostics) {
	for _, d := range ds {
		fmt.Fprintln(t.err, d.Error())
	}
}

// sayActions prints what is left to do.
func (t *terminal) sayActions(actions []mirror.Action) {
	for _, a := range actions {
		fmt.Fprintf(t.err, "then run: %s  # %s\n", quoteCommand(a.Command), a.Reason)
	}
}

// sayLost prints what could not be kept of the files that were replaced.
func (t *terminal) sayLost(undo *fileset.Undo) {
	for _, l := range undo.LostAttributes() {
		fmt.Fprintln(t.err, l)
	}
}

// isColour reports whether w is a terminal that wants colours.
func isColour(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
