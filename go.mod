module github.com/mirrorcfg/mirrorcfg

go 1.25.0

require (
	github.com/aymanbagabas/go-udiff v0.4.1
	github.com/distribution/reference v0.6.0
	github.com/opencontainers/go-digest v1.0.0
	github.com/pelletier/go-toml/v2 v2.4.3
	github.com/stretchr/testify v1.12.1
	github.com/tailscale/hujson v0.0.0-20250605163823-992244df8c5a
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
