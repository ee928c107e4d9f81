package provider

import (
	"fmt"

	data "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// wantedAttributes say what a node shall have; the resource and the data
// source mirrorcfg_files share them.
func wantedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"config": schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: "What is wanted, as the text of a `mirrors.toml`, instead of `registries` and `search`. Sensitive, since it may hold headers; `diff` shows the effect, without secrets.",
		},
		"search": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Registries asked for names without one. Absent leaves the node's setting alone, an empty list means none.",
		},
		"registries": schema.ListNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Registries and their mirrors.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"prefix":   schema.StringAttribute{Required: true, MarkdownDescription: "`docker.io`, `quay.io/team`, `*.example.com`, or `*` for every registry not named."},
				"mirrors":  schema.ListNestedAttribute{Optional: true, MarkdownDescription: "Asked in this order before the upstream.", NestedObject: schema.NestedAttributeObject{Attributes: endpointAttributes()}},
				"upstream": schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "Where the registry itself is reached; absent means its own default.", Attributes: endpointAttributes()},
				"fallback": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether the upstream is asked after all mirrors failed; absent means yes."},
				"blocked":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Forbids pulling from the registry."},
			}},
		},
	}
}

func endpointAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"url":          schema.StringAttribute{Required: true, MarkdownDescription: "`scheme://host[:port][/base]`; the base path goes before `/v2`."},
		"repository":   schema.StringAttribute{Optional: true, MarkdownDescription: "Put before the repository, after `/v2`."},
		"capabilities": schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Some of `pull`, `resolve`, `push`, `referrers`; absent leaves it to the engine."},
		"skip_verify":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Turns certificate checks off."},
		"ca":           schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "PEM files on the node that are trusted as well."},
		"client": schema.ListNestedAttribute{
			Optional: true, MarkdownDescription: "Client certificates, as paths on the node.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"cert": schema.StringAttribute{Required: true},
				"key":  schema.StringAttribute{Optional: true, MarkdownDescription: "Absent where `cert` holds both."},
			}},
		},
		"headers": schema.MapAttribute{
			Optional: true, Sensitive: true, ElementType: types.ListType{ElemType: types.StringType},
			MarkdownDescription: "Request headers: name to values. Sensitive, and written in the order of the names.",
		},
		"dial_timeout": schema.StringAttribute{Optional: true, MarkdownDescription: "Bounds connecting, such as `3s`."},
		"namespace":    schema.StringAttribute{Optional: true, MarkdownDescription: "The value of the `?ns=` query; absent leaves it to the engine."},
	}
}

// engineAttributes say more about an engine than its name.
func engineAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client":      schema.StringAttribute{Optional: true, MarkdownDescription: "Who pulls on containerd: `cri` (default), `ctr` or `nerdctl`."},
		"image_store": schema.StringAttribute{Optional: true, MarkdownDescription: "Docker's image store: `auto` (default), `containerd` or `graphdriver`."},
		"accept":      schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Losses of security that are taken on, by code, such as `loss/blocked`."},
	}
}

// forData turns attributes of a resource into those of a data source, whose
// types are others although they say the same.
func forData(attributes map[string]schema.Attribute) map[string]data.Attribute {
	out := make(map[string]data.Attribute, len(attributes))
	for name, a := range attributes {
		switch a := a.(type) {
		case schema.StringAttribute:
			out[name] = data.StringAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription}
		case schema.BoolAttribute:
			out[name] = data.BoolAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription}
		case schema.ListAttribute:
			out[name] = data.ListAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription, ElementType: a.ElementType}
		case schema.MapAttribute:
			out[name] = data.MapAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription, ElementType: a.ElementType}
		case schema.ListNestedAttribute:
			out[name] = data.ListNestedAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription, NestedObject: data.NestedAttributeObject{Attributes: forData(a.NestedObject.Attributes)}}
		case schema.SingleNestedAttribute:
			out[name] = data.SingleNestedAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription, Attributes: forData(a.Attributes)}
		default:
			panic(fmt.Sprintf("attribute %s is a %T, which has no form in a data source here", name, a))
		}
	}
	return out
}
