# The files of machines that are yet to be made. Pass cloud_init to the cloud's
# user data, or ignition to Flatcar and Fedora CoreOS.

terraform {
  required_providers {
    mirrorcfg = {
      source = "mirrorcfg/mirrorcfg"
    }
  }
}

data "mirrorcfg_files" "node" {
  engines = ["containerd@2.4", "podman@5.4"]

  registries = [
    {
      prefix  = "docker.io"
      mirrors = [{ url = "https://docker.m.daocloud.io", capabilities = ["pull", "resolve"] }]
    },
    {
      prefix  = "quay.io"
      mirrors = [{ url = "https://harbor.corp.example", repository = "quay" }]
    },
  ]
}

# Nothing is made before this is known to hold.
data "mirrorcfg_explain" "alpine" {
  for_each  = toset(["containerd@2.4", "podman@5.4"])
  engine    = each.key
  files     = data.mirrorcfg_files.node.files
  reference = "docker.io/library/alpine:3.20"

  lifecycle {
    postcondition {
      condition     = self.attempts[0].host == "docker.m.daocloud.io"
      error_message = "${each.key} asks ${self.attempts[0].host} first."
    }
  }
}

output "user_data" {
  value     = data.mirrorcfg_files.node.cloud_init
  sensitive = true
}

output "paths" {
  value = data.mirrorcfg_files.node.modes
}

output "asked_for_alpine" {
  value = { for engine, e in data.mirrorcfg_explain.alpine : engine => [for a in e.attempts : "${a.method} ${a.url}"] }
}
