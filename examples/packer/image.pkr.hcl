# A virtual machine's image with registry mirrors in it. mirrorctl renders the
# files where packer runs; packer copies them into the machine over SSH, which
# needs neither Go nor mirrorctl.
#
#   packer build -var mirrorctl=./mirrorctl -var disk=debian-12.qcow2 -var checksum=sha256:… image.pkr.hcl

variable "mirrorctl" {
  type    = string
  default = "mirrorctl"
}

variable "mirrors" {
  type    = string
  default = "mirrors.toml"
}

variable "disk" {
  description = "The image to start from."
  type        = string
}

variable "checksum" {
  type = string
}

source "qemu" "node" {
  iso_url          = var.disk
  iso_checksum     = var.checksum
  disk_image       = true
  ssh_username     = "debian"
  shutdown_command = "sudo poweroff"
}

build {
  sources = ["source.qemu.node"]

  provisioner "shell-local" {
    environment_vars = ["MIRRORCTL=${var.mirrorctl}", "MIRRORS=${var.mirrors}"]
    inline           = ["\"$MIRRORCTL\" render --engine containerd@2.4 -f \"$MIRRORS\" -o rendered"]
  }

  provisioner "file" {
    source      = "rendered"
    destination = "/tmp"
    generated   = true # by the step before
  }

  # The modes of the rendered files are kept; files with headers are 0600.
  provisioner "shell" {
    inline = [
      "sudo cp -R --preserve=mode --no-target-directory /tmp/rendered/etc/containerd /etc/containerd",
      "sudo chown -R root:root /etc/containerd",
      "rm -rf /tmp/rendered",
    ]
  }
}
