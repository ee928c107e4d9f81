package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// historyKey is where the private state keeps the history of a resource.
const historyKey = "history"

// history is what Delete needs to know of the applies before it.
type history struct {
	// Records are the names of the undo records, oldest first.
	Records []string `json:"records"`
	// Actions are the commands that any of the changes needed.
	Actions []string `json:"actions"`
}

// privateState is what Create, Update and Delete get to remember things by.
type privateState interface {
	GetKey(context.Context, string) ([]byte, diag.Diagnostics)
	SetKey(context.Context, string, []byte) diag.Diagnostics
}

// Create applies the plan.
func (r *nodeResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m nodeModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	if r.apply(ctx, &m, m.tracked(), resp.Private, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
}

// Update applies the plan.
func (r *nodeResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, prior nodeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.apply(ctx, &m, prior.tracked(), resp.Private, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
}

// apply plans again, from the node as it is now, and goes on only if the
// bytes are those that were planned. What was not known at plan time, such as
// another resource's output, leaves nothing to compare with.
func (r *nodeResource) apply(ctx context.Context, m *nodeModel, tracked []string, private privateState, to *diag.Diagnostics) bool {
	root := m.Root.ValueString()
	defer r.locks.lock(root)()
	p, ok := m.plan(ctx, to, mirror.Error)
	if !ok {
		return false
	}
	files, err := digests(os.DirFS(root), tracked, p)
	if err != nil {
		to.AddError("The node's files cannot be read", err.Error())
		return false
	}
	now := stringMap(files)
	if !m.Files.IsUnknown() && !m.Files.Equal(now) {
		to.AddError("The node has changed since the plan",
			"Its files would not become what was planned, so nothing was written. Plan again. Two mirrorcfg_node resources with the same root must not share an engine's files.")
		return false
	}
	undo, err := fileset.Apply(root, p)
	if err != nil {
		to.AddError("The files cannot be written", err.Error())
		return false
	}
	warnLost(undo.LostAttributes(), to)
	m.Files = now
	if m.Diff.IsUnknown() {
		m.Diff, m.Actions = types.StringValue(fileset.Diff(p)), commands(p.Actions)
	}
	if undo.Empty() {
		return true
	}
	past := recorded(ctx, private, to)
	past.Records = append(past.Records, undo.Name())
	for _, command := range commandLines(p.Actions) {
		if !slices.Contains(past.Actions, command) {
			past.Actions = append(past.Actions, command)
		}
	}
	raw, err := json.Marshal(past)
	if err != nil {
		to.AddError("The private state cannot be written", err.Error())
		return true
	}
	to.Append(private.SetKey(ctx, historyKey, raw)...)
	return true
}

func recorded(ctx context.Context, private interface {
	GetKey(context.Context, string) ([]byte, diag.Diagnostics)
}, to *diag.Diagnostics) history {
	raw, ds := private.GetKey(ctx, historyKey)
	to.Append(ds...)
	var past history
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &past); err != nil {
			to.AddError("The private state cannot be read", err.Error())
		}
	}
	return past
}

// Delete puts back what was there before the resource, newest change first.
// Where that cannot be, since a record is gone or a file was changed by
// someone else, the registries of the resource are taken out of the files and
// the rest stays.
func (r *nodeResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m nodeModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	root := m.Root.ValueString()
	defer r.locks.lock(root)()
	if _, err := os.Stat(root); errors.Is(err, os.ErrNotExist) {
		return
	}
	past := recorded(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	err := restore(root, past.Records, &resp.Diagnostics)
	if err != nil || len(past.Records) == 0 {
		m.takeOut(ctx, err, past.Records, &resp.Diagnostics)
	}
	if len(past.Actions) > 0 && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddWarning("The engine still runs with the old settings",
			"Run what the changes needed, now for their undoing: "+strings.Join(past.Actions, "; ")+".")
	}
}

// restore undoes the records, newest first.
func restore(root string, names []string, to *diag.Diagnostics) error {
	if len(names) == 0 {
		return nil
	}
	records, err := fileset.Records(root)
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(names) {
		i := slices.IndexFunc(records, func(u *fileset.Undo) bool { return u.Name() == name })
		if i < 0 {
			return fmt.Errorf("undo %s: %w", name, fileset.ErrNoRecord)
		}
		if err := records[i].Restore(); err != nil {
			return err
		}
		warnLost(records[i].LostAttributes(), to)
	}
	return nil
}

// warnLost tells of the extended attributes that the replaced files had and
// that the system did not let the provider set, such as a label of SELinux.
func warnLost(lost []fileset.LostAttribute, to *diag.Diagnostics) {
	if len(lost) == 0 {
		return
	}
	lines := make([]string, len(lost))
	for i, l := range lost {
		lines[i] = l.String()
	}
	to.AddWarning("Attributes of files are lost", strings.Join(lines, "\n"))
}

// discard drops undo records that nobody will use any more: each holds files
// as they were, secrets too.
func discard(root string, names []string, to *diag.Diagnostics) {
	for _, name := range names {
		if err := fileset.Discard(root, name); err != nil && !errors.Is(err, fileset.ErrNoRecord) {
			to.AddWarning("An undo record is left", err.Error())
		}
	}
}

// takeOut removes the registries of the resource, and the undo records that
// could not be used. why is what kept the old bytes from being restored.
func (m nodeModel) takeOut(ctx context.Context, why error, records []string, to *diag.Diagnostics) {
	if m.Ownership.ValueString() == "remove" {
		detail := "They had been taken away, and what was there is not known."
		if len(records) > 0 { // which are all that is left of what was there
			detail = fmt.Sprintf("They had been taken away: %v. What was there is in the undo records that are still on the node: %s.", why, strings.Join(records, ", "))
		}
		to.AddWarning("The registries are not put back", detail)
		return
	}
	m.Ownership = types.StringValue("remove")
	m.Search = nil
	p, ok := m.plan(ctx, to, mirror.Error)
	if !ok {
		return
	}
	undo, err := fileset.Apply(m.Root.ValueString(), p)
	if err != nil {
		to.AddError("The registries cannot be taken out", err.Error())
		return
	}
	warnLost(undo.LostAttributes(), to)
	if !undo.Empty() {
		records = append(records, undo.Name())
	}
	discard(m.Root.ValueString(), records, to)
	if why != nil {
		to.AddWarning("The files are not put back as they were",
			fmt.Sprintf("The registries of this resource were taken out instead, and everything else stays: %v", why))
	}
}
