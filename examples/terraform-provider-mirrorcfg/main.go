// Terraform-provider-mirrorcfg sets the registry mirrors of container engines
// from Terraform: on the machine that Terraform runs on, or as files for
// cloud-init and Ignition.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/mirrorcfg/mirrorcfg/examples/terraform-provider-mirrorcfg/internal/provider"
)

func main() {
	err := providerserver.Serve(context.Background(), provider.New, providerserver.ServeOpts{
		Address: "registry.terraform.io/mirrorcfg/mirrorcfg",
	})
	if err != nil {
		log.Fatal(err)
	}
}
