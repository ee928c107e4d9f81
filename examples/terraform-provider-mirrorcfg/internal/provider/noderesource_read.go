package provider

import (
	"context"
	"errors"
	"maps"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// Read refreshes the digests of the files, which shows that someone changed
// them. What is wanted is not read back: engines cannot say all of it, and
// whether the files still mean it is for the plan to find out.
func (r *nodeResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m nodeModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	node := os.DirFS(m.Root.ValueString())
	if _, err := os.Stat(m.Root.ValueString()); errors.Is(err, os.ErrNotExist) {
		resp.State.RemoveResource(ctx)
		return
	}
	isImport := m.isEmpty()
	if isImport && !m.adopt(ctx, &resp.Diagnostics) {
		return
	}
	files, err := digests(node, m.tracked(), mirror.Plan{})
	if err != nil {
		resp.Diagnostics.AddError("The node's files cannot be read", err.Error())
		return
	}
	if isImport {
		maps.DeleteFunc(files, func(_, digest string) bool { return digest == absent })
	}
	m.Files = stringMap(files)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// adopt fills in what an import leaves open, from what is on the node.
func (m *nodeModel) adopt(ctx context.Context, to *diag.Diagnostics) bool {
	e, err := m.engine()
	if err != nil {
		to.AddAttributeError(path.Root("engine"), "Engine cannot be used", err.Error())
		return false
	}
	view, err := e.Read(os.DirFS(m.Root.ValueString()))
	if err != nil {
		to.AddError("The node's files cannot be read", err.Error())
		return false
	}
	report(ctx, to, view.Diagnostics(), false)
	if to.HasError() {
		return false
	}
	found := view.Config()
	m.Registries, m.Search = registriesOf(found), found.Search
	if m.isEmpty() {
		to.AddError("There is nothing to import", e.Name()+" has no registries configured below "+m.Root.ValueString()+".")
		return false
	}
	// The files of a fresh node are the ones that the import may track.
	fresh, err := e.Plan(mirror.Files{}.FS(), found)
	if err != nil {
		fresh = mirror.Plan{}
	}
	tracked := map[string]string{}
	for _, f := range fresh.Files() {
		tracked[f.Path] = ""
	}
	m.Files, m.Diff, m.Actions = stringMap(tracked), types.StringValue(""), stringList(nil)
	m.Ownership = types.StringValue("merge")
	return true
}

// ImportState takes an ID of engine and root, such as containerd@2.4:/.
func (r *nodeResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	engine, root, ok := strings.Cut(req.ID, ":")
	if !ok || root == "" {
		resp.Diagnostics.AddError("The import ID is not engine:root", `Write, for example, "containerd@2.4:/".`)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("engine"), engine)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("root"), root)...)
}
