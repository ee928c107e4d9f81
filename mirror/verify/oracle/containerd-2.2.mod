module github.com/mirrorcfg/mirrorcfg/mirror/verify

go 1.26.6

require github.com/containerd/containerd/v2 v2.2.9
require github.com/distribution/reference v0.6.0
