package engines

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
)

// CacheVariable is the environment variable that overrides where the cache is.
const CacheVariable = "MIRRORCFG_E2E_CACHE"

// Cache is a directory of installed components.
type Cache struct{ Dir string }

// DefaultCache is the directory named by CacheVariable, otherwise mirrorcfg-e2e in the user's cache directory.
func DefaultCache() (Cache, error) {
	if dir := os.Getenv(CacheVariable); dir != "" {
		return Cache{Dir: dir}, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return Cache{}, fmt.Errorf("cache directory: %w", err)
	}
	return Cache{Dir: filepath.Join(dir, "mirrorcfg-e2e")}, nil
}

// Engine is one installed program and the directories which, laid over each other, are its root file system.
type Engine struct {
	Kind    Kind
	Version string
	Origin  string   // how it was obtained, in words
	Layers  []string // the first one lies on top
}

// String is kind and version, such as containerd@2.4.2.
func (e Engine) String() string { return string(e.Kind) + "@" + e.Version }

// ErrAbsent says that a component is not installed, or was installed by another recipe.
var ErrAbsent = errors.New("not installed; run `go run ./cmd/e2e-engines install` in internal/e2e")

// Find is the engine of one kind in one component. The error wraps ErrAbsent when it is not installed.
func (c Cache) Find(component Component, kind Kind) (Engine, error) {
	stamp, err := c.stamp(component)
	if err != nil {
		return Engine{}, err
	}
	version, ok := stamp.Versions[kind]
	if !ok {
		return Engine{}, fmt.Errorf("%s holds no %s", component.Name, kind)
	}
	layers := []string{c.root(component.Name)}
	if component.Base != "" {
		base, err := catalogEntry(component.Base)
		if err != nil {
			return Engine{}, err
		}
		if _, err := c.stamp(base); err != nil {
			return Engine{}, err
		}
		layers = append(layers, c.root(base.Name))
	}
	return Engine{Kind: kind, Version: version, Origin: component.recipe.origin(), Layers: layers}, nil
}

// Stamp is what is written beside a component when its installation is complete.
type Stamp struct {
	Recipe   json.RawMessage `json:"recipe"`
	Versions map[Kind]string `json:"versions"`
	Seconds  float64         `json:"seconds"` // how long the installation took
}

// stamp reads the stamp of a component and checks that today's recipe wrote it.
func (c Cache) stamp(component Component) (Stamp, error) {
	data, err := os.ReadFile(filepath.Join(c.Dir, component.Name, stampName))
	if errors.Is(err, fs.ErrNotExist) {
		return Stamp{}, fmt.Errorf("%s: %w", component.Name, ErrAbsent)
	}
	if err != nil {
		return Stamp{}, fmt.Errorf("%s: %w", component.Name, err)
	}
	var stamp Stamp
	if err := json.Unmarshal(data, &stamp); err != nil {
		return Stamp{}, fmt.Errorf("%s: %s: %w", component.Name, stampName, err)
	}
	want, err := json.Marshal(component.recipe)
	if err != nil {
		return Stamp{}, fmt.Errorf("%s: %w", component.Name, err)
	}
	if !sameJSON(stamp.Recipe, want) {
		return Stamp{}, fmt.Errorf("%s: made by another recipe: %w", component.Name, ErrAbsent)
	}
	return stamp, nil
}

const (
	stampName = "stamp.json"
	rootName  = "root"
)

func (c Cache) root(component string) string { return filepath.Join(c.Dir, component, rootName) }

func catalogEntry(name string) (Component, error) {
	for _, component := range Catalog() {
		if component.Name == name {
			return component, nil
		}
	}
	return Component{}, fmt.Errorf("no component is called %q", name)
}

func sameJSON(a, b []byte) bool {
	var left, right any
	return json.Unmarshal(a, &left) == nil && json.Unmarshal(b, &right) == nil && reflect.DeepEqual(left, right)
}
