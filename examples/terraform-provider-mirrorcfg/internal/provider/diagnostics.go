package provider

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// report puts mirrorcfg's diagnostics among Terraform's, beside the
// attributes that they are about. Terraform has no notes, so that notes go to
// its log. fromString is true where the input was the attribute config.
func report(ctx context.Context, to *diag.Diagnostics, ds mirror.Diagnostics, fromString bool) {
	for _, d := range ds {
		summary := fmt.Sprintf("%s [%s]", firstUpper(d.Message), d.Code)
		detail := detailOf(d)
		at, known := attributePath(d.Field)
		if fromString {
			at, known = path.Root("config"), true
		}
		switch {
		case d.Severity == mirror.Info:
			tflog.Info(ctx, d.Error())
		case d.Severity == mirror.Warning && known:
			to.AddAttributeWarning(at, summary, detail)
		case d.Severity == mirror.Warning:
			to.AddWarning(summary, detail)
		case known:
			to.AddAttributeError(at, summary, detail)
		default:
			to.AddError(summary, detail)
		}
	}
}

// detailOf says where and what to write instead; the summary has said what
// happens.
func detailOf(d mirror.Diagnostic) string {
	var lines []string
	if d.File != "" {
		place := d.File
		if d.Line > 0 {
			place += fmt.Sprintf(", line %d", d.Line)
		}
		if d.Column > 0 {
			place += fmt.Sprintf(", column %d", d.Column)
		}
		lines = append(lines, "In "+place+".")
	}
	if d.Field != "" {
		lines = append(lines, "Concerns "+d.Field+".")
	}
	if d.Fix != "" {
		lines = append(lines, "To mend it: "+d.Fix+".")
	}
	if d.Severity == mirror.Error && strings.HasPrefix(d.Code, "loss/") {
		lines = append(lines, fmt.Sprintf("To accept it: accept = [%q].", d.Code))
	}
	return strings.Join(lines, "\n")
}

func firstUpper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// attributePath turns a field of the model, such as
// registries[2].mirrors[0].header.Authorization, into the path of the
// attribute in the schema. A field of a node's own file is none.
func attributePath(field string) (path.Path, bool) {
	root, rest, _ := strings.Cut(field, ".")
	name, index, ok := cutIndex(root)
	if name != "registries" && name != "search" {
		return path.Empty(), false
	}
	at := path.Root(name)
	if ok {
		at = at.AtListIndex(index)
	}
	for rest != "" {
		var step string
		step, rest, _ = strings.Cut(rest, ".")
		if step == "header" {
			at = at.AtName("headers")
			if rest != "" {
				at = at.AtMapKey(rest) // a header's name may hold dots
			}
			return at, true
		}
		name, index, ok := cutIndex(step)
		at = at.AtName(name)
		if ok {
			at = at.AtListIndex(index)
		}
	}
	return at, true
}

// cutIndex cuts name[3] into its parts.
func cutIndex(step string) (name string, index int, ok bool) {
	name, rest, found := strings.Cut(step, "[")
	if !found {
		return step, 0, false
	}
	index, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
	return name, index, err == nil
}
