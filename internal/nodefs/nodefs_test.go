package nodefs

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRel(t *testing.T) {
	for in, want := range map[string]string{"/etc/x": "etc/x", "etc/x": "etc/x", "/": ".", "": ".", "/etc//x/": "etc/x", "/../../etc": "etc"} {
		assert.Equal(t, want, Rel(in), in)
	}
}

// denied refuses every file, as a node does to who may not read.
type denied struct{}

func (denied) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestAbsentIsNoError(t *testing.T) {
	node := fstest.MapFS{"etc/a": {Data: []byte("x")}}
	data, found, err := ReadFile(node, "/etc/a")
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "x", string(data))
	_, found, err = ReadFile(node, "/etc/b")
	require.NoError(t, err)
	assert.False(t, found)
	entries, exists, err := ReadDir(node, "/none")
	require.NoError(t, err)
	assert.False(t, exists)
	assert.Empty(t, entries)
	entries, exists, err = ReadDir(node, "/etc")
	require.NoError(t, err)
	assert.True(t, exists)
	assert.Len(t, entries, 1)
	info, err := Stat(node, "/none")
	require.NoError(t, err)
	assert.Nil(t, info)
}

func TestOtherErrorsAreErrors(t *testing.T) {
	_, _, err := ReadFile(denied{}, "/etc/a")
	assert.True(t, errors.Is(err, fs.ErrPermission))
	_, exists, err := ReadDir(denied{}, "/etc")
	assert.True(t, errors.Is(err, fs.ErrPermission))
	assert.False(t, exists)
	_, err = Stat(denied{}, "/etc/a")
	assert.True(t, errors.Is(err, fs.ErrPermission))
}
