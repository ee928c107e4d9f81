package engines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// recipe makes the root directory of a component. Its exported fields are what the stamp compares.
type recipe interface {
	install(ctx context.Context, in *Installer, dir string) (map[Kind]string, error)
	origin() string
}

// Installer installs components.
type Installer struct {
	Cache        Cache
	Log          io.Writer // gets one line per step and the output of the programs that are run
	DebianMirror string    // base address of a Debian archive; "" takes the one from the machine's apt sources
}

// Install installs the named components and those beneath them; without names, every one that is not optional.
// A component whose stamp fits is left alone. Several installations at a time wait for each other.
func (in *Installer) Install(ctx context.Context, names ...string) error {
	wanted, err := selectComponents(names)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(in.Cache.Dir, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	unlock, err := lock(filepath.Join(in.Cache.Dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	for _, component := range wanted {
		if stamp, err := in.Cache.stamp(component); err == nil {
			fmt.Fprintf(in.Log, "%s: present, %s\n", component.Name, describe(stamp))
			continue
		}
		stamp, err := in.installOne(ctx, component)
		if err != nil {
			return fmt.Errorf("%s: %w", component.Name, err)
		}
		fmt.Fprintf(in.Log, "%s: installed in %.1f s, %s\n", component.Name, stamp.Seconds, describe(stamp))
	}
	return nil
}

// installOne works in a directory beside the final one, so that what has a stamp is always whole.
func (in *Installer) installOne(ctx context.Context, component Component) (Stamp, error) {
	began := time.Now()
	final := filepath.Join(in.Cache.Dir, component.Name)
	partial := final + ".partial"
	if err := errors.Join(os.RemoveAll(partial), os.RemoveAll(final), os.MkdirAll(filepath.Join(partial, rootName), 0o755)); err != nil {
		return Stamp{}, err
	}
	versions, err := component.recipe.install(ctx, in, partial)
	if err != nil {
		return Stamp{}, err
	}
	for _, kind := range component.Kinds {
		if versions[kind] == "" {
			return Stamp{}, fmt.Errorf("the recipe brought no %s", kind)
		}
	}
	made, err := json.Marshal(component.recipe)
	if err != nil {
		return Stamp{}, err
	}
	stamp := Stamp{Recipe: made, Versions: versions, Seconds: time.Since(began).Seconds()}
	data, err := json.MarshalIndent(stamp, "", "  ")
	if err != nil {
		return Stamp{}, err
	}
	if err := os.WriteFile(filepath.Join(partial, stampName), append(data, '\n'), 0o644); err != nil {
		return Stamp{}, err
	}
	return stamp, os.Rename(partial, final)
}

// selectComponents returns the components in the catalog's order, each after the one beneath it.
func selectComponents(names []string) ([]Component, error) {
	names = slices.Clone(names)
	for i := 0; i < len(names); i++ {
		component, err := catalogEntry(names[i])
		if err != nil {
			return nil, err
		}
		if component.Base != "" && !slices.Contains(names, component.Base) {
			names = append(names, component.Base)
		}
	}
	var wanted []Component
	for _, component := range Catalog() {
		if slices.Contains(names, component.Name) || len(names) == 0 && !component.Optional {
			wanted = append(wanted, component)
		}
	}
	return wanted, nil
}

// run runs a program at low priority. Its output goes to the log, and is part of the error when it fails.
func (in *Installer) run(ctx context.Context, dir string, environment []string, name string, arguments ...string) (string, error) {
	line := name + " " + strings.Join(arguments, " ")
	if nice, err := exec.LookPath("nice"); err == nil {
		arguments = append([]string{"-n", "10", name}, arguments...)
		name = nice
	}
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = dir
	command.Env = append(os.Environ(), environment...)
	var output, complaints strings.Builder
	command.Stdout = &output
	command.Stderr = io.MultiWriter(&complaints, in.Log)
	if err := command.Run(); err != nil {
		return output.String(), fmt.Errorf("%s: %w\n%s", line, err, tail(output.String()+complaints.String(), 2000))
	}
	return output.String(), nil
}

func tail(text string, size int) string {
	if len(text) > size {
		return "…" + text[len(text)-size:]
	}
	return text
}

func describe(stamp Stamp) string {
	var parts []string
	for kind, version := range stamp.Versions {
		parts = append(parts, string(kind)+" "+version)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func lock(name string) (unlock func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), file.Close())
	}
	return func() { _ = file.Close() }, nil // closing releases the lock
}
