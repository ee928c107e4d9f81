package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/fileset"
)

// filesDataSource renders the files of a fresh node, for machines that
// Terraform creates and cloud-init or Ignition sets up.
type filesDataSource struct{}

var _ datasource.DataSourceWithValidateConfig = &filesDataSource{}

type filesModel struct {
	wantedModel
	Engines     []string     `tfsdk:"engines"`
	Client      types.String `tfsdk:"client"`
	ImageStore  types.String `tfsdk:"image_store"`
	Accept      []string     `tfsdk:"accept"`
	Files       types.Map    `tfsdk:"files"`
	SecretFiles types.Map    `tfsdk:"secret_files"`
	Modes       types.Map    `tfsdk:"modes"`
	CloudInit   types.String `tfsdk:"cloud_init"`
	Ignition    types.String `tfsdk:"ignition"`
	Actions     types.List   `tfsdk:"actions"`
}

func (d *filesDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "mirrorcfg_files"
}

func (d *filesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"engines":      schema.ListAttribute{Required: true, ElementType: types.StringType, MarkdownDescription: "Engines with versions, such as `containerd@2.4`."},
		"files":        schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Path to content, for files without secrets."},
		"secret_files": schema.MapAttribute{Computed: true, Sensitive: true, ElementType: types.StringType, MarkdownDescription: "Path to content, for files that hold credentials."},
		"modes":        schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Path to mode in octal, for both kinds of files."},
		"cloud_init":   schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "All files as a `#cloud-config` document with `write_files`."},
		"ignition":     schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "All files as an Ignition 3 configuration."},
		"actions":      schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Commands to run where the engines are up already."},
	}
	maps.Copy(attributes, forData(wantedAttributes()))
	maps.Copy(attributes, forData(engineAttributes()))
	resp.Schema = schema.Schema{MarkdownDescription: "The files that a node without any would get.", Attributes: attributes}
}

// ValidateConfig checks the input where all of it is known.
func (d *filesDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	if !req.Config.Raw.IsFullyKnown() {
		return
	}
	var m filesModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); !resp.Diagnostics.HasError() {
		m.wantedModel.validate(ctx, &resp.Diagnostics)
	}
}

// Read renders.
func (d *filesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m filesModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	all, err := engines.ParseAll(m.Engines, engines.Options{Client: m.Client.ValueString(), ImageStore: m.ImageStore.ValueString()})
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("engines"), "Engine cannot be used", err.Error())
		return
	}
	want, ds := m.model()
	if ds.Err() != nil {
		report(ctx, &resp.Diagnostics, ds, !m.Config.IsNull())
		return
	}
	p, err := engines.Join(all, func(e mirror.Engine) (mirror.Plan, error) {
		return e.Plan(mirror.Files{}.FS(), want, mirror.Accept(m.Accept...))
	})
	report(ctx, &resp.Diagnostics, p.Diagnostics, !m.Config.IsNull())
	if err != nil {
		if p.Diagnostics.Err() == nil {
			resp.Diagnostics.AddError("The files cannot be rendered", err.Error())
		}
		return
	}
	if err := m.fill(p); err != nil {
		resp.Diagnostics.AddError("The files cannot be exported", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (m *filesModel) fill(p mirror.Plan) error {
	open, secret, modes := map[string]string{}, map[string]string{}, map[string]string{}
	for _, c := range p.Changes {
		modes[c.Path] = fmt.Sprintf("%04o", c.Mode.Perm())
		if c.Secret {
			secret[c.Path] = string(c.After)
		} else {
			open[c.Path] = string(c.After)
		}
	}
	cloudInit, err := fileset.CloudInit(p.Files())
	if err != nil {
		return err
	}
	ignition, err := fileset.Ignition(p.Files())
	if err != nil {
		return err
	}
	m.Files, m.SecretFiles, m.Modes = stringMap(open), stringMap(secret), stringMap(modes)
	m.CloudInit, m.Ignition = types.StringValue(string(cloudInit)), types.StringValue(string(ignition))
	m.Actions = commands(p.Actions)
	return nil
}
