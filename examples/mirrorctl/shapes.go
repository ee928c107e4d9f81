package main

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// The types of this file are the JSON output; their keys are stable.

type filesJSON struct {
	Files       []fileJSON       `json:"files"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
	Actions     []mirror.Action  `json:"actions"`
}

type fileJSON struct {
	Path string `json:"path"`
	Mode string `json:"mode"` // octal, "0644"
	Data string `json:"data"`
}

type planJSON struct {
	Changes     []changeJSON     `json:"changes"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
	Actions     []mirror.Action  `json:"actions"`
}

type changeJSON struct {
	Path   string            `json:"path"`
	Kind   mirror.ChangeKind `json:"kind"`
	Before string            `json:"before"`
	After  string            `json:"after"`
	Reason string            `json:"reason"`
}

type explanationJSON struct {
	Reference   string           `json:"reference"`
	Attempts    []attemptJSON    `json:"attempts"`
	Skipped     []skippedJSON    `json:"skipped"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
}

type attemptJSON struct {
	URL        string `json:"url"`
	Method     string `json:"method"`
	Host       string `json:"host"`
	Mirror     bool   `json:"mirror"`
	SkipVerify bool   `json:"skip_verify"`
	File       string `json:"file"`
	Line       int    `json:"line"`
}

type skippedJSON struct {
	Host string `json:"host"`
	Why  string `json:"why"`
}

type diagnosticJSON struct {
	Severity mirror.Severity `json:"severity"`
	Code     string          `json:"code"`
	File     string          `json:"file"`
	Line     int             `json:"line"`
	Column   int             `json:"column"`
	Field    string          `json:"field"`
	Message  string          `json:"message"`
	Fix      string          `json:"fix"`
}

type diagnosticsJSON struct {
	Diagnostics []diagnosticJSON `json:"diagnostics"`
}

func diagnosticsShape(ds mirror.Diagnostics) []diagnosticJSON {
	out := make([]diagnosticJSON, len(ds))
	for i, d := range ds {
		out[i] = diagnosticJSON{d.Severity, d.Code, d.File, d.Line, d.Column, d.Field, d.Message, d.Fix}
	}
	return out
}

// listed makes nil lists empty, since readers of JSON expect [] there.
func listed[S ~[]E, E any](s S) S {
	if s == nil {
		return S{}
	}
	return s
}

func filesShape(files mirror.Files, p mirror.Plan) filesJSON {
	out := filesJSON{Files: []fileJSON{}, Diagnostics: diagnosticsShape(p.Diagnostics), Actions: listed(p.Actions)}
	for _, f := range files {
		out.Files = append(out.Files, fileJSON{f.Path, fmt.Sprintf("%04o", f.Mode.Perm()), string(f.Data)})
	}
	return out
}

// planShape shows a plan as the diff does: secrets are masked, since plans end
// in the logs of pipelines.
func planShape(p mirror.Plan) planJSON {
	out := planJSON{Changes: []changeJSON{}, Diagnostics: diagnosticsShape(p.Diagnostics), Actions: listed(p.Actions)}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, changeJSON{
			c.Path, c.Kind, string(fileset.Redact(c.Path, c.Before)), string(fileset.Redact(c.Path, c.After)), c.Reason,
		})
	}
	return out
}

func explanationShape(e mirror.Explanation) explanationJSON {
	out := explanationJSON{Reference: e.Reference, Attempts: []attemptJSON{}, Skipped: []skippedJSON{}, Diagnostics: diagnosticsShape(e.Diagnostics)}
	for _, a := range e.Attempts {
		out.Attempts = append(out.Attempts, attemptJSON{a.URL, a.Method, a.Host, a.Mirror, a.TLS.SkipsVerify(), a.Source.File, a.Source.Line})
	}
	for _, s := range e.Skipped {
		out.Skipped = append(out.Skipped, skippedJSON{s.Host, s.Why})
	}
	return out
}
