# Sets the mirrors of an image whose file tree is mounted on this machine, as
# debootstrap, mkosi and image pipelines have it. Files that are there are
# edited; what else is in them stays.
#
#   go build -o mirrorctl ./examples/mirrorctl
#   packer build -var mirrorctl=$PWD/mirrorctl -var mirrors=$PWD/examples/packer/mirrors.toml \
#     -var root=/mnt/image examples/packer/mirrors.pkr.hcl
#
# image.pkr.hcl does it for a machine that packer boots and reaches over SSH.

variable "mirrorctl" {
  description = "The mirrorctl program; go build -o mirrorctl ./examples/mirrorctl makes it."
  type        = string
  default     = "mirrorctl"
}

variable "mirrors" {
  description = "What is wanted."
  type        = string
  default     = "mirrors.toml"
}

variable "engine" {
  description = "Engine and version in the image."
  type        = string
  default     = "containerd@2.4"
}

variable "root" {
  description = "The image's file tree, where it is mounted here."
  type        = string
}

source "null" "mounted" {
  communicator = "none"
}

build {
  sources = ["source.null.mounted"]

  # What a fresh image would get, to look at. Input that is not valid, and a
  # loss of security that was not accepted, end the build here.
  provisioner "shell-local" {
    environment_vars = ["MIRRORCTL=${var.mirrorctl}", "MIRRORS=${var.mirrors}", "ENGINE=${var.engine}"]
    inline           = ["\"$MIRRORCTL\" render --engine \"$ENGINE\" -f \"$MIRRORS\" -o rendered"]
  }

  # lint ends the build where the image's own files have errors.
  provisioner "shell-local" {
    environment_vars = ["MIRRORCTL=${var.mirrorctl}", "MIRRORS=${var.mirrors}", "ENGINE=${var.engine}", "ROOT=${var.root}"]
    inline = [
      "\"$MIRRORCTL\" apply --root \"$ROOT\" --engine \"$ENGINE\" -f \"$MIRRORS\"",
      "\"$MIRRORCTL\" lint --root \"$ROOT\" --engine \"$ENGINE\"",
      "\"$MIRRORCTL\" explain --root \"$ROOT\" --engine \"$ENGINE\" docker.io/library/alpine:3.20",
    ]
  }
}
