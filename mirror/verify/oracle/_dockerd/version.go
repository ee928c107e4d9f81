package main

import (
	"fmt"
	"runtime/debug"
)

// major is the version of the engine that this program is linked with.
var major = func() int {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		panic("built without modules")
	}
	for _, dependency := range info.Deps {
		if dependency.Path != module {
			continue
		}
		var version int
		if _, err := fmt.Sscanf(dependency.Version, "v%d.", &version); err != nil {
			panic(err)
		}
		if version == 2 {
			version = 29 // moby/v2 has version numbers of its own
		}
		return version
	}
	panic(module + " is not linked in")
}()

// results are those of a function that has an error among them in some
// versions only.
func results(first any, rest ...error) (any, error) {
	for _, err := range rest {
		if err != nil {
			return nil, err
		}
	}
	return first, nil
}
