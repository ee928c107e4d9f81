module github.com/mirrorcfg/mirrorcfg/mirror/verify

go 1.26.6

require github.com/containers/image/v5 v5.36.2

require (
	github.com/BurntSushi/toml v1.5.0
	github.com/sirupsen/logrus v1.9.3
)

require (
	github.com/chzyer/readline v1.5.1 // indirect
	github.com/containers/storage v1.59.1 // indirect
	github.com/docker/go-units v0.5.0 // indirect
	github.com/manifoldco/promptui v0.9.0 // indirect
	github.com/moby/sys/capability v0.4.0 // indirect
	github.com/moby/sys/mountinfo v0.7.2 // indirect
	github.com/moby/sys/user v0.4.0 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/opencontainers/runtime-spec v1.2.1 // indirect
	golang.org/x/sys v0.34.0 // indirect
	golang.org/x/term v0.33.0 // indirect
)
