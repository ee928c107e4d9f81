module github.com/mirrorcfg/mirrorcfg/mirror/verify

go 1.26.6

require github.com/containers/image/v5 v5.36.2
require github.com/BurntSushi/toml v1.5.0
