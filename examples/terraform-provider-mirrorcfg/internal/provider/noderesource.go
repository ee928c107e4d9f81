package provider

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// nodeResource is one engine's configuration on one node.
type nodeResource struct{ locks *rootLocks }

var (
	_ resource.ResourceWithModifyPlan     = &nodeResource{}
	_ resource.ResourceWithImportState    = &nodeResource{}
	_ resource.ResourceWithValidateConfig = &nodeResource{}
)

type nodeModel struct {
	wantedModel
	Root       types.String `tfsdk:"root"`
	Engine     types.String `tfsdk:"engine"`
	Client     types.String `tfsdk:"client"`
	ImageStore types.String `tfsdk:"image_store"`
	Ownership  types.String `tfsdk:"ownership"`
	Accept     []string     `tfsdk:"accept"`
	Files      types.Map    `tfsdk:"files"`
	Diff       types.String `tfsdk:"diff"`
	Actions    types.List   `tfsdk:"actions"`
}

func (r *nodeResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "mirrorcfg_node"
}

func (r *nodeResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"root": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			MarkdownDescription: "Where the node's `/` is, on the machine that Terraform runs on: `/`, or a mounted image.",
		},
		"engine": schema.StringAttribute{
			Required: true,
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(otherFamily,
				"Another engine has other files.", "Another engine has other files.")},
			MarkdownDescription: "`containerd`, `docker`, `podman`, `cri-o`, `buildah` or `skopeo`, with `@version` or without, such as `containerd@2.4`.",
		},
		"ownership": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString("merge"),
			MarkdownDescription: "`merge` leaves other registries alone, `exclusive` removes them, `remove` takes the named ones away.",
		},
		"files": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The files that this resource has changed, with the SHA-256 of their bytes or `absent`. They are known when the plan is made: where the node changes between plan and apply, Terraform stops with \"inconsistent final plan\" and nothing is written; plan again.",
		},
		"diff": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The last change as a unified diff, secrets masked.",
		},
		"actions": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Commands that make the last change take effect, such as `systemctl restart containerd`. The provider runs none.",
		},
	}
	maps.Copy(attributes, wantedAttributes())
	maps.Copy(attributes, engineAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "The registry mirrors of one engine on one node. One resource for each engine and root: two that share a file would plan against each other's past.",
		Attributes:          attributes,
	}
}

// family names the engines that share files.
func family(spec string) string {
	name, _, _ := strings.Cut(spec, "@")
	if name == "containerd" || name == "docker" {
		return name
	}
	return "containers"
}

func otherFamily(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = family(req.StateValue.ValueString()) != family(req.PlanValue.ValueString())
}

var ownerships = map[string]mirror.Ownership{"merge": mirror.Merge, "exclusive": mirror.Exclusive, "remove": mirror.Remove}

// ValidateConfig checks what can be checked without the node.
func (r *nodeResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if !req.Config.Raw.IsFullyKnown() {
		return
	}
	var m nodeModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	if _, err := m.engine(); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("engine"), "Engine cannot be used", err.Error())
	}
	if _, known := ownerships[defaultString(m.Ownership, "merge")]; !known {
		resp.Diagnostics.AddAttributeError(path.Root("ownership"), "Unknown ownership", fmt.Sprintf("%q is none of merge, exclusive, remove.", m.Ownership.ValueString()))
	}
	m.wantedModel.validate(ctx, &resp.Diagnostics)
}

// validate reports the errors; warnings come with the plan.
func (w wantedModel) validate(ctx context.Context, to *diag.Diagnostics) {
	if w.isEmpty() {
		to.AddError("Nothing is wanted", "Set config, or registries or search.")
		return
	}
	if !w.Config.IsNull() && (w.Registries != nil || w.Search != nil) {
		to.AddAttributeError(path.Root("config"), "Said twice", "Set config, or registries and search, but not both.")
		return
	}
	_, ds := w.model()
	report(ctx, to, ds.AtLeast(mirror.Error), !w.Config.IsNull())
}

func (m nodeModel) engine() (mirror.Engine, error) {
	return engines.Parse(m.Engine.ValueString(), engines.Options{Client: m.Client.ValueString(), ImageStore: m.ImageStore.ValueString()})
}

// plan asks the engine for the changes that the node needs now. Errors are
// put among the diagnostics, warnings too if asked.
func (m nodeModel) plan(ctx context.Context, to *diag.Diagnostics, least mirror.Severity) (mirror.Plan, bool) {
	e, err := m.engine()
	if err != nil {
		to.AddAttributeError(path.Root("engine"), "Engine cannot be used", err.Error())
		return mirror.Plan{}, false
	}
	fromString := !m.Config.IsNull()
	want, ds := m.model()
	if ds.Err() != nil {
		report(ctx, to, ds.AtLeast(mirror.Error), fromString)
		return mirror.Plan{}, false
	}
	p, err := e.Plan(os.DirFS(m.Root.ValueString()), want,
		mirror.Own(ownerships[defaultString(m.Ownership, "merge")]), mirror.Accept(m.Accept...))
	report(ctx, to, p.Diagnostics.AtLeast(least), fromString)
	if err != nil && p.Diagnostics.Err() == nil {
		to.AddError("The node's files cannot be planned for", err.Error())
	}
	return p, err == nil
}

// tracked are the paths of the files that the resource has changed before.
func (m nodeModel) tracked() []string { return slices.Sorted(maps.Keys(m.Files.Elements())) }
