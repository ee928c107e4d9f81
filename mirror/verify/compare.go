package verify

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Difference is where this project and upstream disagree about files.
type Difference struct {
	Reference string
	Operation mirror.Operation
	// Ours and Theirs are what each says, to be read by a person.
	Ours, Theirs string
}

// String shows both sides.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s\n  mirrorcfg: %s\n  upstream:  %s", d.Operation, d.Reference, d.Ours, d.Theirs)
}

// Compare reads the files below fsys with the engine and with upstream's
// parser, and reports where they disagree: about the requests for a
// reference, about whether there are any, or about something being wrong that
// only upstream noticed.
func (p *Parser) Compare(fsys fs.FS, op mirror.Operation, references ...string) ([]Difference, error) {
	return p.compare(fsys, []mirror.Operation{op}, references)
}

func (p *Parser) compare(fsys fs.FS, ops []mirror.Operation, references []string) ([]Difference, error) {
	view, err := p.engine.Read(fsys)
	if err != nil {
		return nil, err
	}
	results, err := p.explain(fsys, ops, references)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for i, op := range ops {
		out = append(out, compare(view, op, results[i])...)
	}
	return out, nil
}

func compare(view mirror.View, op mirror.Operation, results []Result) []Difference {
	var out []Difference
	for _, theirs := range results {
		differ := func(ours, upstream string) {
			out = append(out, Difference{Reference: theirs.Reference, Operation: op, Ours: ours, Theirs: upstream})
		}
		ref, err := mirror.ParseReference(theirs.Reference)
		if err != nil {
			if theirs.Err == nil {
				differ(err.Error(), show(theirs.Attempts))
			}
			continue
		}
		ours := view.Explain(ref, op)
		switch {
		case theirs.Err != nil:
			if len(ours.Attempts) > 0 && ours.Diagnostics.Err() == nil {
				differ(show(ours.Attempts), "error: "+theirs.Err.Error())
			}
		case len(ours.Attempts) > 0 && ours.Diagnostics.Err() != nil:
			differ("error: "+ours.Diagnostics.Err().Error(), show(theirs.Attempts))
		case show(ours.Attempts) != show(theirs.Attempts):
			differ(show(ours.Attempts)+explain(ours.Diagnostics), show(theirs.Attempts))
		}
	}
	return append(out, unreported(view, op, results)...)
}

// unreported: what upstream refuses, passes over in silence, or tells its log
// alone, must be a warning of Lint, at the file or the key that it is about.
func unreported(view mirror.View, op mirror.Operation, results []Result) []Difference {
	var out []Difference
	var lint mirror.Diagnostics
	said := map[string]bool{}
	for _, theirs := range results {
		for _, fault := range theirs.faults() {
			if said[fault] || rewriting(fault) && explained(view, op, theirs.Reference) {
				continue
			}
			said[fault] = true
			if lint == nil {
				lint = append(mirror.Diagnostics{}, view.Lint().AtLeast(mirror.Warning)...)
			}
			if !covered(lint, fault) {
				out = append(out, Difference{Reference: theirs.Reference, Operation: op, Ours: "lint has no warning there: " + codes(lint), Theirs: fault})
			}
		}
	}
	return out
}

const (
	ignoredKey   = "ignored key: "
	refusedFiles = "error: "
)

// faults are what is wrong with the files of a result.
func (r Result) faults() []string {
	var out []string
	for _, key := range r.Ignored {
		// What is in a table that is ignored goes with it.
		within := func(table string) bool { return strings.HasPrefix(key, table+".") }
		if !slices.ContainsFunc(r.Ignored, within) {
			out = append(out, ignoredKey+key)
		}
	}
	for _, line := range r.Logged {
		if loggedFault(line) {
			out = append(out, line)
		}
	}
	if r.Err != nil && !r.Blocked && !noneMay(r.Err) {
		out = append(out, refusedFiles+r.Err.Error())
	}
	return out
}

// noneMay reports whether an operation ends because no host has the capability
// for it, which is what the files say and no fault of theirs.
func noneMay(err error) bool { return strings.Contains(err.Error(), "hosts: not found") }

// rewriting: the files are in order, and one reference cannot be put into an
// entry's location. That is told where the reference is explained.
func rewriting(fault string) bool {
	return strings.HasPrefix(fault, refusedFiles) && strings.Contains(fault, "rewriting reference")
}

func explained(view mirror.View, op mirror.Operation, reference string) bool {
	ref, err := mirror.ParseReference(reference)
	return err == nil && view.Explain(ref, op).Diagnostics.Err() != nil
}

// nodeFile finds a file of a node in a message.
var nodeFile = regexp.MustCompile(`/etc/[^ "':]*\.(?:toml|conf|json)`)

// covered reports whether a warning is about the fault: about the key where
// one is ignored, about the file where upstream names one.
func covered(warnings mirror.Diagnostics, fault string) bool {
	key, isKey := strings.CutPrefix(fault, ignoredKey)
	key = lastPart(key)
	file := nodeFile.FindString(fault)
	for _, d := range warnings {
		switch {
		case isKey && !strings.Contains(strings.ToLower(d.Field+" "+d.Message), strings.ToLower(key)):
		case !isKey && file != "" && d.File != file:
		default:
			return true
		}
	}
	return false
}

// lastPart is the last part of a dotted key, without its quotes.
func lastPart(key string) string {
	if inner, quoted := strings.CutSuffix(key, `"`); quoted {
		return inner[strings.LastIndexByte(inner, '"')+1:]
	}
	return key[strings.LastIndexByte(key, '.')+1:]
}

func codes(ds mirror.Diagnostics) string {
	list := make([]string, len(ds))
	for i, d := range ds {
		list[i] = d.Code + " " + d.Field
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// loggedFault picks the lines of containerd's log that say that something
// written does not count.
func loggedFault(line string) bool {
	return strings.Contains(line, "failed to decode") || strings.Contains(line, "Ignoring unknown key")
}

func explain(ds mirror.Diagnostics) string {
	if err := ds.Err(); err != nil {
		return " (" + err.Error() + ")"
	}
	return ""
}

func show(attempts []mirror.Attempt) string {
	if len(attempts) == 0 {
		return "no request"
	}
	var b strings.Builder
	for i, a := range attempts {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s [%s]", a.Method, emptyPort.ReplaceAllString(a.URL, "$1/"), a.TLS)
	}
	return b.String()
}

// emptyPort: a host with a colon and no port is the host, once Go's client has
// it.
var emptyPort = regexp.MustCompile(`^([^/]*//[^/]*):/`)

// References makes references that a configuration is about: for each prefix
// one below it, with a tag and with a digest, and one that no prefix names.
func References(config mirror.Config) []string {
	const digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	names := []string{"unlisted.example/team/app"}
	for _, r := range config.Registries {
		prefix, err := mirror.ParsePrefix(r.Prefix)
		if err != nil {
			continue
		}
		switch prefix.Kind {
		case mirror.PrefixAny:
		case mirror.PrefixWildcard:
			names = append(names, "sub."+prefix.Host+"/team/app")
		case mirror.PrefixPath:
			names = append(names, prefix.Host+"/"+prefix.Path, prefix.Host+"/"+prefix.Path+"/app", prefix.Host+"/other/app")
		default:
			names = append(names, prefix.Host+"/team/app")
		}
	}
	refs := make([]string, 0, 2*len(names))
	for _, n := range names {
		refs = append(refs, n+":1", n+digest)
	}
	return refs
}

// CompareAll is Compare for pulls of References, and for pushes where the
// engine makes any: kubelet, through which CRI is driven, does not.
func (p *Parser) CompareAll(fsys fs.FS) ([]Difference, error) {
	view, err := p.engine.Read(fsys)
	if err != nil {
		return nil, err
	}
	return p.compare(fsys, p.operations(), References(view.Config()))
}

// Compare is For and Parser.CompareAll.
func Compare(ctx context.Context, fsys fs.FS, engine mirror.Engine) ([]Difference, error) {
	p, err := For(ctx, engine)
	if err != nil {
		return nil, err
	}
	return p.CompareAll(fsys)
}
