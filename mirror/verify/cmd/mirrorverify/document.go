package main

import (
	"fmt"
	"io"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/verify"
)

// document has the JSON shape of mirrorctl explain. Upstream's parsers do not
// tell lines, and report in sentences of their own.
type document struct {
	Reference   string       `json:"reference"`
	Attempts    []attempt    `json:"attempts"`
	Skipped     []skipped    `json:"skipped"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type attempt struct {
	URL        string `json:"url"`
	Method     string `json:"method"`
	Host       string `json:"host"`
	Mirror     bool   `json:"mirror"`
	SkipVerify bool   `json:"skip_verify"`
	File       string `json:"file"`
	Line       int    `json:"line"`
}

type skipped struct {
	Host string `json:"host"`
	Why  string `json:"why"`
}

type diagnostic struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

func newDocument(r verify.Result) document {
	d := document{Reference: r.Reference, Attempts: []attempt{}, Skipped: []skipped{}, Diagnostics: []diagnostic{}}
	if ref, err := mirror.ParseReference(r.Reference); err == nil {
		d.Reference = ref.String()
	}
	for _, a := range r.Attempts {
		d.Attempts = append(d.Attempts, attempt{
			URL: a.URL, Method: a.Method, Host: a.Host, Mirror: a.Mirror, SkipVerify: a.TLS.SkipsVerify(),
		})
	}
	if r.Err != nil {
		d.Diagnostics = append(d.Diagnostics, diagnostic{"error", "upstream/error", r.Err.Error()})
		d.Attempts = []attempt{}
	}
	if r.Blocked {
		d.Diagnostics = append(d.Diagnostics, diagnostic{"warning", "upstream/blocked", "the registry is blocked"})
	}
	for _, line := range r.Logged {
		d.Diagnostics = append(d.Diagnostics, diagnostic{"warning", "upstream/logged", line})
	}
	for _, key := range r.Ignored {
		d.Diagnostics = append(d.Diagnostics, diagnostic{"warning", "upstream/ignored-key", key + " is not known and ignored"})
	}
	return d
}

func (d document) print(w io.Writer) error {
	for _, a := range d.Attempts {
		note := ""
		if a.SkipVerify {
			note = "  (certificate not verified)"
		}
		if _, err := fmt.Fprintf(w, "%s %s%s\n", a.Method, a.URL, note); err != nil {
			return err
		}
	}
	return nil
}
