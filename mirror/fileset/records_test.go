package fileset

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// applied makes n applies to one file: its content is then its number.
func applied(t *testing.T, root string, n int, opts ...Option) {
	t.Helper()
	write(t, root, "etc/a", "0", 0o644)
	for i := range n {
		_, err := Apply(root, planOf(update("/etc/a", fmt.Sprint(i), fmt.Sprint(i+1))), opts...)
		require.NoError(t, err)
	}
}

func numbers(t *testing.T, root string) []string {
	t.Helper()
	records, err := Records(root)
	require.NoError(t, err)
	out := []string{}
	for _, u := range records {
		out = append(out, u.Name()[:6])
	}
	return out
}

func TestKeepRecords(t *testing.T) {
	for _, row := range []struct {
		opts []Option
		want []string
	}{
		{nil, []string{"000001", "000002", "000003", "000004", "000005"}},
		{[]Option{KeepRecords(10)}, []string{"000001", "000002", "000003", "000004", "000005"}},
		{[]Option{KeepRecords(2)}, []string{"000004", "000005"}},
		{[]Option{KeepRecords(1)}, []string{"000005"}},
		{[]Option{KeepRecords(0)}, []string{"000005"}},
	} {
		root := fastDir(t)
		applied(t, root, 5, row.opts...)
		assert.Equal(t, row.want, numbers(t, root))
		for i := range row.want {
			undo, err := LoadUndo(root)
			require.NoError(t, err)
			require.NoError(t, undo.Restore())
			assert.Equal(t, fmt.Sprint(4-i), content(t, root, "etc/a"))
		}
		_, err := LoadUndo(root)
		assert.ErrorIs(t, err, ErrNoRecord)
	}
}

// Records that cannot be dropped do not fail the apply.
func TestKeepRecordsCannotDrop(t *testing.T) {
	root := fastDir(t)
	applied(t, root, 3)
	failing := stepping(func(op, _ string) error {
		if op == "journal-drop" {
			return os.ErrPermission
		}
		return nil
	})
	_, err := Apply(root, planOf(update("/etc/a", "3", "4")), KeepRecords(1), failing)
	require.NoError(t, err)
	assert.Len(t, numbers(t, root), 4)
	_, err = Apply(root, planOf(update("/etc/a", "4", "5")), KeepRecords(1))
	require.NoError(t, err)
	assert.Equal(t, []string{"000005"}, numbers(t, root))
}

func TestDiscard(t *testing.T) {
	root := fastDir(t)
	applied(t, root, 3)
	records, err := Records(root)
	require.NoError(t, err)
	require.NoError(t, Discard(root, records[0].Name()))
	assert.Equal(t, []string{"000002", "000003"}, numbers(t, root))
	assert.Equal(t, "3", content(t, root, "etc/a"))
	require.ErrorIs(t, Discard(root, records[0].Name()), ErrNoRecord)
	require.ErrorIs(t, records[0].Restore(), ErrNoRecord)

	require.NoError(t, Discard(root, records[2].Name()))
	assert.ErrorIs(t, records[1].Restore(), ErrChanged, "the file is not what the second apply had written")
	require.NoError(t, Discard(root, records[1].Name()))
	assert.Empty(t, numbers(t, root))
	require.ErrorIs(t, Discard(root, "../../etc/a"), ErrNoRecord)
	assert.Equal(t, "3", content(t, root, "etc/a"))
	require.ErrorIs(t, Discard(fastDir(t), "000001-0123456789ab"), ErrNoRecord)
}

// The only record goes, and with it the journal that was made for it.
func TestDiscardTheOnlyRecord(t *testing.T) {
	root := fastDir(t)
	write(t, root, "etc/a", "0", 0o644)
	before := snapshot(t, root, "/etc/a")
	undo, err := Apply(root, planOf(update("/etc/a", "0", "1")))
	require.NoError(t, err)
	require.NoError(t, Discard(root, undo.Name()))
	assert.Equal(t, before, snapshot(t, root, "/etc/a"))
}

func TestDiscardRefusesInterrupted(t *testing.T) {
	root := fastDir(t)
	node(t, root)
	_, died := crashing(func() error {
		_, err := Apply(root, smallPlan(), stepping(func(op, _ string) error {
			if op == "swap" {
				panic(crashed{})
			}
			return nil
		}))
		return err
	})
	require.True(t, died)
	undo, err := LoadUndo(root)
	require.NoError(t, err)
	require.ErrorIs(t, Discard(root, undo.Name()), ErrInterrupted)
	require.NoError(t, undo.Restore())
}

// A damaged record neither hides the others nor stays for ever.
func TestDamagedRecord(t *testing.T) {
	root := fastDir(t)
	applied(t, root, 3)
	records, err := Records(root)
	require.NoError(t, err)
	damaged := records[0].Name()
	write(t, root, filepath.Join("var/lib/mirrorcfg", damaged+".json"), "{}", 0o600)
	left, err := Records(root)
	require.ErrorContains(t, err, damaged)
	assert.Len(t, left, 2)
	undo, err := LoadUndo(root)
	require.NoError(t, err)
	require.NoError(t, undo.Restore())
	assert.Equal(t, "2", content(t, root, "etc/a"))
	require.NoError(t, Discard(root, damaged))
	assert.Equal(t, []string{"000002"}, numbers(t, root))
}
