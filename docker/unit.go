package docker

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/nodefs"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// unitFlags are the flags that systemd's unit gives dockerd.
type unitFlags struct {
	// by maps a flag's long name to where it is.
	by map[string]mirror.Position
}

// Where systemd looks for the unit and its drop-ins; the first directory wins.
var unitDirs = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// readUnit reads ExecStart of docker.service and its drop-ins, and the variables of its environment files. It follows
// systemd.service(5) as far as packages and people go: an empty ExecStart= takes away those before.
func readUnit(fsys fs.FS) unitFlags {
	u := unitReader{fsys: fsys, environment: map[string]string{}}
	for _, dir := range unitDirs {
		if u.read(path.Join(dir, "docker.service")) {
			break
		}
	}
	dropIns := map[string]string{}
	for _, dir := range slices.Backward(unitDirs) {
		entries, _, err := nodefs.ReadDir(fsys, path.Join(dir, "docker.service.d"))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".conf") {
				dropIns[e.Name()] = path.Join(dir, "docker.service.d", e.Name())
			}
		}
	}
	names := make([]string, 0, len(dropIns))
	for name := range dropIns {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		u.read(dropIns[name])
	}
	return u.flags()
}

type unitReader struct {
	fsys        fs.FS
	environment map[string]string
	commands    []unitCommand
}

type unitCommand struct {
	line string
	at   mirror.Position
}

func (u *unitReader) read(file string) bool {
	data, found, err := nodefs.ReadFile(u.fsys, file)
	if err != nil || !found {
		return false
	}
	lines := strings.Split(string(data), "\n")
	for i := 0; i < len(lines); i++ {
		start, line := i, strings.TrimSpace(lines[i])
		for strings.HasSuffix(line, "\\") && i+1 < len(lines) {
			i++
			line = strings.TrimSuffix(line, "\\") + " " + strings.TrimSpace(lines[i])
		}
		key, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "ExecStart":
			if value == "" {
				u.commands = nil
				continue
			}
			u.commands = append(u.commands, unitCommand{value, mirror.Position{File: file, Line: start + 1, Column: 1}})
		case "EnvironmentFile":
			u.readEnvironment(strings.TrimPrefix(value, "-"))
		case "Environment":
			u.set(strings.Trim(value, `"'`))
		}
	}
	return true
}

func (u *unitReader) readEnvironment(file string) {
	data, found, err := nodefs.ReadFile(u.fsys, file)
	if err != nil || !found {
		return
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != ';' {
			u.set(line)
		}
	}
}

func (u *unitReader) set(assignment string) {
	if name, value, ok := strings.Cut(assignment, "="); ok {
		u.environment[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
}

// shortFlags are dockerd's flags of one letter, whose value may follow at once.
var shortFlags = map[byte]string{'b': "bridge", 'D': "debug", 'G': "group", 'H': "host", 'l': "log-level", 'p': "pidfile", 's': "storage-driver"}

func (u *unitReader) flags() unitFlags {
	out := unitFlags{by: map[string]mirror.Position{}}
	for _, c := range u.commands {
		var words []string
		for _, word := range strings.Fields(c.line) {
			name := strings.Trim(strings.TrimPrefix(word, "$"), "{}")
			if value, ok := u.environment[name]; ok && strings.HasPrefix(word, "$") {
				words = append(words, strings.Fields(value)...)
				continue
			}
			words = append(words, strings.Trim(word, `"'`))
		}
		for _, word := range words {
			name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if !strings.HasPrefix(word, "--") {
				name = ""
				if len(word) > 1 && word[0] == '-' {
					name = shortFlags[word[1]]
				}
			}
			if name == "" {
				continue
			}
			if _, seen := out.by[name]; !seen {
				out.by[name] = c.at
			}
		}
	}
	return out
}
