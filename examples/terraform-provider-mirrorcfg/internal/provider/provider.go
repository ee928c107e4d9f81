// Package provider holds the resource and the data sources. The work is done
// by mirrorcfg; what is here turns Terraform's values into its model and its
// plans and diagnostics into Terraform's.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

type mirrorcfgProvider struct{ locks *rootLocks }

// New returns the provider.
func New() provider.Provider { return &mirrorcfgProvider{locks: &rootLocks{}} }

func (p *mirrorcfgProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "mirrorcfg"
}

func (p *mirrorcfgProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Registry mirrors of containerd, Docker, Podman and CRI-O. There is nothing to configure: every resource names its node and engine.",
	}
}

func (p *mirrorcfgProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *mirrorcfgProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &nodeResource{locks: p.locks} }}
}

func (p *mirrorcfgProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &filesDataSource{} },
		func() datasource.DataSource { return &explainDataSource{} },
	}
}
