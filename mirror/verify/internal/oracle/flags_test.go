package oracle

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDockerFlags: the table of flags that the programs are built with is what
// the sources of each version install.
func TestDockerFlags(t *testing.T) {
	table := flagTable(t)
	for _, version := range dockerVersions {
		module, sources := "github.com/docker/docker", []string{"cmd/dockerd/*.go", "cli/cobra.go"}
		if version == "29" {
			module, sources = "github.com/moby/moby/v2", []string{"daemon/command/*.go"}
		}
		major, err := strconv.Atoi(strings.SplitN(version, ".", 2)[0])
		require.NoError(t, err)
		var want []string
		for _, f := range table {
			if major >= f.since && (f.until == 0 || major < f.until) {
				want = append(want, f.name+" "+f.key)
			}
		}
		slices.Sort(want)
		assert.Equal(t, want, installed(t, moduleSource(t, version, module), sources), version)
	}
}

func moduleSource(t *testing.T, version, module string) string {
	t.Helper()
	root, err := moduleDir(context.Background())
	require.NoError(t, err)
	cmd := exec.Command("go", "list", "-modfile=oracle/dockerd-"+version+".mod", "-m", "-f", "{{.Dir}}", module)
	cmd.Dir, cmd.Env = root, append(slices.Clone(environ), "GOWORK=off", "GOFLAGS=-mod=readonly")
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

type tableFlag struct {
	name, key    string
	since, until int
}

// flagTable reads oracle/_dockerd/flags.go.
func flagTable(t *testing.T) (table []tableFlag) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "oracle", "_dockerd", "flags.go"), nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok || row.Type != nil {
			return true
		}
		var f tableFlag
		for _, element := range row.Elts {
			field := element.(*ast.KeyValueExpr)
			value := field.Value.(*ast.BasicLit).Value
			text, _ := strconv.Unquote(value)
			number, _ := strconv.Atoi(value)
			switch field.Key.(*ast.Ident).Name {
			case "name":
				f.name = text
			case "key":
				f.key = text
			case "since":
				f.since = number
			case "until":
				f.until = number
			}
		}
		table = append(table, f)
		return true
	})
	require.NotEmpty(t, table)
	return table
}

// source is what dockerd's main package says about its flags.
type source struct {
	texts, keys map[string]string // of constants and variables
	flags       []string
}

// installed finds the flags that calls such as flags.BoolVarP install, each
// with its name in daemon.json where that differs.
func installed(t *testing.T, dir string, patterns []string) []string {
	t.Helper()
	s := source{texts: map[string]string{}, keys: map[string]string{}}
	var files []*ast.File
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_windows.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	for _, visit := range []func(ast.Node) bool{s.declaration, s.call} {
		for _, file := range files {
			ast.Inspect(file, visit)
		}
	}
	slices.Sort(s.flags)
	return slices.Compact(s.flags)
}

func (s *source) declaration(n ast.Node) bool {
	note := func(name *ast.Ident, value ast.Expr) {
		if text := s.text(value); text != "" {
			s.texts[name.Name] = text
		}
		if key := s.key(value); key != "" {
			s.keys[name.Name] = key
		}
	}
	switch n := n.(type) {
	case *ast.ValueSpec:
		for i, value := range n.Values {
			note(n.Names[i], value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if name, ok := left.(*ast.Ident); ok && len(n.Rhs) == len(n.Lhs) {
				note(name, n.Rhs[i])
			}
		}
	}
	return true
}

func (s *source) call(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return true
	}
	at := 1
	switch name := method.Sel.Name; {
	case name == "BoolP":
		at = 0
	case !strings.HasSuffix(name, "Var") && !strings.HasSuffix(name, "VarP"):
		return true
	}
	if len(call.Args) < at+2 {
		return true
	}
	name, key := s.text(call.Args[at]), ""
	if strings.HasPrefix(method.Sel.Name, "Var") {
		key = s.key(call.Args[0])
	}
	if key == name {
		key = ""
	}
	s.flags = append(s.flags, fmt.Sprintf("%s %s", name, key))
	return true
}

func (s *source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.Ident:
		return s.texts[e.Name]
	}
	return ""
}

// key is the name that an option tells: the first argument of NewNamed…, or
// that of the type of the default address pools.
func (s *source) key(e ast.Expr) string {
	if pointer, ok := e.(*ast.UnaryExpr); ok {
		e = pointer.X
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		if made, ok := e.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(made.Sel.Name, "NewNamed") {
			return s.text(e.Args[0])
		}
	case *ast.Ident:
		return s.keys[e.Name]
	case *ast.SelectorExpr:
		if e.Sel.Name == "DefaultAddressPools" {
			return "default-address-pools"
		}
	}
	return ""
}
