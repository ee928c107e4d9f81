package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// ModifyPlan makes the very plan that apply will carry out, and puts the
// digests of the resulting bytes into it: Terraform itself then refuses an
// apply that would give others.
func (r *nodeResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || !req.Config.Raw.IsFullyKnown() {
		return
	}
	var planned nodeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &planned)...)
	prior := nodeModel{Diff: types.StringValue(""), Actions: stringList(nil)}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p, ok := planned.plan(ctx, &resp.Diagnostics, mirror.Info)
	if !ok {
		return
	}
	tracked := prior.tracked()
	if prior.Root != planned.Root || family(prior.Engine.ValueString()) != family(planned.Engine.ValueString()) {
		tracked = nil // a replacement starts from nothing
	}
	files, err := digests(os.DirFS(planned.Root.ValueString()), tracked, p)
	if err != nil {
		resp.Diagnostics.AddError("The node's files cannot be read", err.Error())
		return
	}
	planned.Files, planned.Diff, planned.Actions = stringMap(files), prior.Diff, prior.Actions
	if !p.Empty() {
		planned.Diff, planned.Actions = types.StringValue(fileset.Diff(p)), commands(p.Actions)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
}

// absent stands for the digest of a file that does not exist.
const absent = "absent"

// digests says what the files that are tracked, or that the plan changes, will
// hold once it is applied.
func digests(node fs.FS, tracked []string, p mirror.Plan) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range tracked {
		data, err := fs.ReadFile(node, strings.TrimPrefix(name, "/"))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			out[name] = absent
		case err != nil:
			return nil, err
		default:
			out[name] = digest(data)
		}
	}
	for _, c := range p.Changes {
		out[c.Path] = digest(c.After)
		if c.Kind == mirror.Delete {
			out[c.Path] = absent
		}
	}
	return out, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func commands(actions []mirror.Action) types.List { return stringList(commandLines(actions)) }

func commandLines(actions []mirror.Action) []string {
	out := make([]string, len(actions))
	for i, a := range actions {
		out[i] = strings.Join(a.Command, " ")
	}
	return out
}
