// Package authfile reads what registries someone is logged in to from the
// files of podman login and docker login. It is apart from package podman
// because decoding JSON adds half a megabyte to a program, and only one that
// lints wants to know.
package authfile

import (
	"encoding/json"
	"maps"
	"slices"
)

// Names returns the names in the auths of an auth.json or config.json, in
// order: registries, namespaces and, in Docker's files, URLs
// (containers-auth.json(5)). A file that cannot be read has none. What is
// kept for the names is not looked at.
func Names(data []byte) []string {
	var file struct {
		Auths map[string]struct{} `json:"auths"`
	}
	if json.Unmarshal(data, &file) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(file.Auths))
}
