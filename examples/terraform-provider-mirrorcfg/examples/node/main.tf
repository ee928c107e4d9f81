# Sets the mirrors of the machine that Terraform runs on, or of a mounted image.

terraform {
  required_providers {
    mirrorcfg = {
      source = "mirrorcfg/mirrorcfg"
    }
  }
}

variable "root" {
  description = "Where the node's / is."
  type        = string
  default     = "/"
}

variable "harbor_token" {
  description = "Sent to the corporate mirror; absent means none."
  type        = string
  default     = null
  sensitive   = true
}

resource "mirrorcfg_node" "containerd" {
  root   = var.root
  engine = "containerd@2.4"

  registries = [
    {
      prefix = "docker.io"
      mirrors = [
        {
          url          = "https://docker.m.daocloud.io"
          capabilities = ["pull", "resolve"]
        },
        {
          url          = "https://harbor.corp.example"
          repository   = "hub"
          capabilities = ["pull"] # digests only: it cannot decide what a tag means
          headers      = var.harbor_token == null ? null : { Authorization = [var.harbor_token] }
        },
      ]
    },
    {
      prefix  = "ghcr.io"
      mirrors = [{ url = "https://ghcr.m.daocloud.io" }]
    },
  ]
}

# The same from a file that other tools read too. Docker cannot block a
# registry, and the plan fails until that loss is accepted.
resource "mirrorcfg_node" "docker" {
  root   = var.root
  engine = "docker@28.5"
  config = file("${path.module}/mirrors.toml")
  accept = ["loss/blocked"]
}

output "diff" {
  value = mirrorcfg_node.containerd.diff
}

output "then_run" {
  value = concat(mirrorcfg_node.containerd.actions, mirrorcfg_node.docker.actions)
}
