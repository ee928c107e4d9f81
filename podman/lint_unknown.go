package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

func lintUnknownKeys(f *RegistriesFile, ds *mirror.Diagnostics) {}
