package provider

import (
	"context"
	"io/fs"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/mirrorcfg/mirrorcfg/examples/internal/engines"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// explainDataSource answers who will be asked for an image, for checks and
// preconditions: "production never pulls from the internet".
type explainDataSource struct{}

type explainModel struct {
	Root       types.String      `tfsdk:"root"`
	Files      map[string]string `tfsdk:"files"`
	Engine     types.String      `tfsdk:"engine"`
	Client     types.String      `tfsdk:"client"`
	ImageStore types.String      `tfsdk:"image_store"`
	Operation  types.String      `tfsdk:"operation"`
	Reference  types.String      `tfsdk:"reference"`
	Normalised types.String      `tfsdk:"normalised"`
	Attempts   []attemptModel    `tfsdk:"attempts"`
	Skipped    []skippedModel    `tfsdk:"skipped"`
}

type attemptModel struct {
	Method types.String `tfsdk:"method"`
	URL    types.String `tfsdk:"url"`
	Host   types.String `tfsdk:"host"`
	Mirror types.Bool   `tfsdk:"mirror"`
	TLS    types.String `tfsdk:"tls"`
	File   types.String `tfsdk:"file"`
	Line   types.Int64  `tfsdk:"line"`
}

type skippedModel struct {
	Host types.String `tfsdk:"host"`
	Why  types.String `tfsdk:"why"`
}

func (d *explainDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "mirrorcfg_explain"
}

func (d *explainDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(help string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: help}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The requests that an engine will make for an image, in order. Nothing is asked over the network.",
		Attributes: map[string]schema.Attribute{
			"root":        schema.StringAttribute{Optional: true, MarkdownDescription: "Where the node's `/` is. Either this or `files`."},
			"files":       schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "The node's files, path to content, as `mirrorcfg_files` gives them."},
			"engine":      schema.StringAttribute{Required: true, MarkdownDescription: "Such as `containerd@2.4`."},
			"client":      schema.StringAttribute{Optional: true, MarkdownDescription: "Who pulls on containerd: `cri` (default), `ctr` or `nerdctl`."},
			"image_store": schema.StringAttribute{Optional: true, MarkdownDescription: "Docker's image store: `auto` (default), `containerd` or `graphdriver`."},
			"operation":   schema.StringAttribute{Optional: true, MarkdownDescription: "`pull` (default), `resolve` or `push`."},
			"reference":   schema.StringAttribute{Required: true, MarkdownDescription: "The image, such as `alpine:3.20`."},
			"normalised":  computed("The reference in full."),
			"attempts": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "One manifest request for each endpoint, in the order in which they are asked if each fails.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"method": computed("`HEAD`, `GET`, `POST` or `PUT`."),
					"url":    computed("The whole URL."),
					"host":   computed("Host and port of it."),
					"mirror": schema.BoolAttribute{Computed: true, MarkdownDescription: "False for the registry's own endpoint."},
					"tls":    computed("`verified`, `skip-verify`, `https-then-http`, `skip-verify-then-http` or `http`."),
					"file":   computed("Where it was configured; empty for what the engine adds by itself."),
					"line":   schema.Int64Attribute{Computed: true, MarkdownDescription: "The line there, from 1; 0 where there is none."},
				}},
			},
			"skipped": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "Endpoints that are configured and not asked.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"host": computed("The endpoint."), "why": computed("Why it is not asked."),
				}},
			},
		},
	}
}

// Read explains.
func (d *explainDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m explainModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	e, err := engines.Parse(m.Engine.ValueString(), engines.Options{Client: m.Client.ValueString(), ImageStore: m.ImageStore.ValueString()})
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("engine"), "Engine cannot be used", err.Error())
	}
	op, err := mirror.ParseOperation(defaultString(m.Operation, "pull"))
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("operation"), "Unknown operation", err.Error())
	}
	ref, err := mirror.ParseReference(m.Reference.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("reference"), "Not an image reference", err.Error())
	}
	if m.Root.IsNull() == (m.Files == nil) {
		resp.Diagnostics.AddError("Which node is meant?", "Set root or files, one of them.")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	view, err := e.Read(m.node())
	if err != nil {
		resp.Diagnostics.AddError("The node's files cannot be read", err.Error())
		return
	}
	x := view.Explain(ref, op)
	report(ctx, &resp.Diagnostics, x.Diagnostics, false)
	m.Normalised, m.Attempts, m.Skipped = types.StringValue(x.Reference), []attemptModel{}, []skippedModel{}
	for _, a := range x.Attempts {
		m.Attempts = append(m.Attempts, attemptModel{
			types.StringValue(a.Method), types.StringValue(a.URL), types.StringValue(a.Host), types.BoolValue(a.Mirror),
			types.StringValue(a.TLS.String()), types.StringValue(a.Source.File), types.Int64Value(int64(a.Source.Line)),
		})
	}
	for _, s := range x.Skipped {
		m.Skipped = append(m.Skipped, skippedModel{types.StringValue(s.Host), types.StringValue(s.Why)})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (m explainModel) node() fs.FS {
	if !m.Root.IsNull() {
		return os.DirFS(m.Root.ValueString())
	}
	var files mirror.Files
	for name, content := range m.Files {
		files = append(files, mirror.File{Path: name, Mode: 0o644, Data: []byte(content)})
	}
	return files.FS()
}
