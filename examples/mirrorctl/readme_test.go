package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every command of the README prints what stands below it. Each section has a
// node and a directory of its own; a fence that names a file writes it.
// With -update what the commands print is written into the README.
func TestReadme(t *testing.T) {
	const name = "README.md"
	readme, err := filepath.Abs(name)
	require.NoError(t, err)
	want, err := os.ReadFile(readme)
	require.NoError(t, err)
	var got strings.Builder
	commands := 0
	lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		got.WriteString(line + "\n")
		if strings.HasPrefix(line, "## ") {
			t.Chdir(t.TempDir())
			require.NoError(t, os.Mkdir("node", 0o755))
		}
		info, isFence := strings.CutPrefix(line, "```")
		if !isFence {
			continue
		}
		language, file, _ := strings.Cut(info, " ")
		var body []string
		for i++; i < len(lines) && lines[i] != "```"; i++ {
			body = append(body, lines[i])
		}
		if language == "console" {
			for _, command := range body {
				args, isCommand := strings.CutPrefix(command, "$ mirrorctl ")
				if !isCommand {
					continue // what an earlier run printed
				}
				out := mirrorctl("", strings.Fields(args)...)
				got.WriteString(command + "\n" + out.out + out.err)
				commands++
			}
		} else {
			text := strings.Join(body, "\n") + "\n"
			got.WriteString(text)
			if file != "" {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			}
		}
		got.WriteString("```\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(got.String()), 0o644))
		return
	}
	require.Equal(t, string(want), got.String())
	require.Positive(t, commands)
}
