package main

import (
	"net/url"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// The types of this file are the part of SARIF 2.1.0 that findings need. They
// are written out here, since the libraries for SARIF bring a JSON-schema
// validator into every program; the tests check the output with one.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID string `json:"id"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

var sarifLevels = map[mirror.Severity]string{mirror.Info: "note", mirror.Warning: "warning", mirror.Error: "error"}

// writeSARIF prints findings in SARIF 2.1.0, which code hosts show beside the
// lines concerned. Paths are relative to the node's root.
func (t *terminal) writeSARIF(ds mirror.Diagnostics) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "mirrorctl", InformationURI: "https://github.com/mirrorcfg/mirrorcfg", Rules: []sarifRule{}}
	ruleAt := map[string]int{}
	for _, d := range ds {
		at, known := ruleAt[d.Code]
		if !known {
			at = len(run.Tool.Driver.Rules)
			ruleAt[d.Code] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: d.Code})
		}
		result := sarifResult{RuleID: d.Code, RuleIndex: at, Level: sarifLevels[d.Severity], Message: sarifText{d.Message}}
		if d.Fix != "" {
			result.Message.Text += "; " + d.Fix
		}
		if d.File != "" {
			var l sarifLocation
			l.Physical.Artifact.URI = (&url.URL{Path: strings.TrimPrefix(d.File, "/")}).String()
			if d.Line > 0 {
				l.Physical.Region = &sarifRegion{d.Line, d.Column}
			}
			result.Locations = []sarifLocation{l}
		}
		run.Results = append(run.Results, result)
	}
	return t.json(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}
