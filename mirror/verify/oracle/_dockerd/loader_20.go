//go:build docker20

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// load says again what 20.10.27 daemon/config/config.go,
// getConflictFreeConfiguration does, in so far as it concerns registries:
// that package needs modules that no proxy serves. The values of other keys
// are not looked at. What comes after the first JSON value is not read.
func load(path string) (options serviceOptions, err error) {
	keys := map[string]any{}
	if err := decode(path, &keys); err != nil {
		return options, err
	}
	var unknown []string
	for key := range flattened(keys) {
		if !known(key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return options, fmt.Errorf("the following directives don't match any configuration option: %s", strings.Join(unknown, ", "))
	}
	return options, decode(path, &options)
}

func decode(path string, into any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return json.NewDecoder(file).Decode(into)
}

// flattened is configValuesSet with its flatOptions.
func flattened(keys map[string]any) map[string]any {
	flat := []string{"cluster-store-opts", "log-opts", "runtimes", "default-ulimits", "features", "builder"}
	out := map[string]any{}
	for key, value := range keys {
		members, isObject := value.(map[string]any)
		if !isObject || slices.Contains(flat, key) {
			out[key] = value
			continue
		}
		for name, value := range members {
			out[name] = value
		}
	}
	return out
}

// known is findConfigurationConflicts with its skipValidateOptions.
func known(key string) bool {
	if commandLine().Lookup(key) != nil || slices.Contains([]string{"features", "builder", "deprecated-key-path"}, key) {
		return true
	}
	found := false
	commandLine().VisitAll(func(f *pflag.Flag) {
		if named, ok := f.Value.(namedOption); ok && named.key == key {
			found = true
		}
	})
	return found
}
