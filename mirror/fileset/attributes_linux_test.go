package fileset

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// acl is a POSIX ACL as the kernel takes it (linux/posix_acl_xattr.h): the
// mode's own entries, one more user, and the mask.
func acl(mode fs.FileMode, user uint32, permissions, mask uint16) []byte {
	const none = 0xffffffff
	out := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range []struct {
		tag, permissions uint16
		id               uint32
	}{
		{0x01, uint16(mode >> 6 & 7), none}, {0x02, permissions, user},
		{0x04, uint16(mode >> 3 & 7), none}, {0x10, mask, none}, {0x20, uint16(mode & 7), none},
	} {
		out = binary.LittleEndian.AppendUint16(out, e.tag)
		out = binary.LittleEndian.AppendUint16(out, e.permissions)
		out = binary.LittleEndian.AppendUint32(out, e.id)
	}
	return out
}

var (
	selinuxLabel = []byte("system_u:object_r:container_config_t:s0\x00")
	// capNetBind is CAP_NET_BIND_SERVICE, permitted and effective
	// (linux/capability.h, VFS_CAP_REVISION_2).
	capNetBind = []byte{1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
)

// setOrSkip sets an attribute, or skips the test where the file system knows
// none.
func setOrSkip(t testing.TB, path, name string, value []byte) {
	t.Helper()
	err := syscall.Setxattr(path, name, value, 0)
	if err == nil {
		return
	}
	require.True(t, errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission), "%s: %v", name, err)
	skip(t, "the file system of %s takes no %s: %v", path, name, err)
}

// skip skips a test for what this machine does not have, and fails where
// everything must run.
func skip(t testing.TB, why string, args ...any) {
	t.Helper()
	if os.Getenv("MIRRORCFG_E2E") == "require" {
		t.Fatalf(why, args...)
	}
	t.Skipf(why, args...)
}

func valueOf(t testing.TB, path, name string) string {
	t.Helper()
	buf := make([]byte, maxAttribute)
	n, err := syscall.Getxattr(path, name, buf)
	if errors.Is(err, syscall.ENODATA) {
		return ""
	}
	require.NoError(t, err, name)
	return string(buf[:n])
}

func TestAttributesAreKept(t *testing.T) {
	for _, row := range []struct {
		name  string
		value []byte
	}{
		{"user.comment", []byte("by the installer")},
		{"user.empty", nil},
		{"user.long", []byte(strings.Repeat("x", 3000))},
		{"system.posix_acl_access", acl(0o640, 1234, 4, 4)},
		{"security.selinux", selinuxLabel},
		{"security.capability", capNetBind},
		{"trusted.checksum", []byte{0, 1, 2}},
	} {
		for place, dir := range map[string]string{"on /tmp": t.TempDir(), "in memory": fastDir(t)} {
			t.Run(row.name+" "+place, func(t *testing.T) {
				write(t, dir, "etc/a", "old", 0o640)
				file := filepath.Join(dir, "etc/a")
				setOrSkip(t, file, row.name, row.value)
				before := snapshot(t, dir)
				undo, err := Apply(dir, planOf(update("/etc/a", "old", "new")))
				require.NoError(t, err)
				assert.Empty(t, undo.LostAttributes())
				assert.Equal(t, "new", content(t, dir, "etc/a"))
				assert.Equal(t, strings.Replace(before["/etc/a"], " old", " new", 1), snapshot(t, dir)["/etc/a"])
				loaded, err := LoadUndo(dir)
				require.NoError(t, err)
				require.NoError(t, loaded.Restore())
				assert.Equal(t, before, snapshot(t, dir))

				undo, err = Apply(dir, planOf(remove("/etc/a", "old")))
				require.NoError(t, err)
				require.NoError(t, undo.Restore())
				assert.Equal(t, before, snapshot(t, dir), "after a delete, too")
			})
		}
	}
}

// A file without an ACL does not get that of its directory by being replaced;
// one that is new does.
func TestInheritedACL(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/a", "old", 0o640)
	setOrSkip(t, filepath.Join(dir, "etc"), posixDefaultACL, acl(0o755, 1234, 6, 7))
	before := snapshot(t, dir)
	undo, err := Apply(dir, planOf(update("/etc/a", "old", "new"), create("/etc/b", "new")))
	require.NoError(t, err)
	assert.Empty(t, valueOf(t, filepath.Join(dir, "etc/a"), posixACL))
	assert.NotEmpty(t, valueOf(t, filepath.Join(dir, "etc/b"), posixACL))
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, dir))
}

// A file that secrets come into is closed to those whom its ACL had let in.
func TestSecretEndsACL(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/a", "old", 0o640)
	file := filepath.Join(dir, "etc/a")
	setOrSkip(t, file, posixACL, acl(0o640, 1234, 4, 4))
	setOrSkip(t, file, "user.comment", []byte("x"))
	before := snapshot(t, dir)
	change := update("/etc/a", "old", "password")
	change.Secret = true
	undo, err := Apply(dir, planOf(change))
	require.NoError(t, err)
	assert.Empty(t, valueOf(t, file, posixACL))
	assert.Equal(t, "x", valueOf(t, file, "user.comment"))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, info.Mode())
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, dir))
}

// A directory that is pruned comes back with what it had.
func TestPrunedDirectoryKeepsAttributes(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/certs.d/gone.io/hosts.toml", "old", 0o644)
	folder := filepath.Join(dir, "etc/certs.d/gone.io")
	setOrSkip(t, folder, posixDefaultACL, acl(0o755, 1234, 5, 5))
	setOrSkip(t, folder, posixACL, acl(0o750, 77, 5, 5))
	setOrSkip(t, folder, "user.comment", []byte("x"))
	before := snapshot(t, dir)
	undo, err := Apply(dir, planOf(remove("/etc/certs.d/gone.io/hosts.toml", "old")))
	require.NoError(t, err)
	assert.NoDirExists(t, folder)
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, dir))
}

// security.ima is a digest of the content: the new file must not have it, and
// the old one has it again.
func TestDigestOfContentIsNotKept(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/a", "old", 0o640)
	file := filepath.Join(dir, "etc/a")
	setOrSkip(t, file, "security.ima", append([]byte{1}, make([]byte, 20)...))
	before := snapshot(t, dir)
	undo, err := Apply(dir, planOf(update("/etc/a", "old", "new")))
	require.NoError(t, err)
	assert.Empty(t, valueOf(t, file, "security.ima"))
	require.NoError(t, undo.Restore())
	assert.Equal(t, before, snapshot(t, dir))
}

// randomAttributes gives a file or directory some, as far as it takes them.
func randomAttributes(r *rand.Rand, path string, mode fs.FileMode) {
	if r.IntN(3) > 0 {
		return
	}
	for range r.IntN(3) {
		_ = syscall.Setxattr(path, fmt.Sprintf("user.a%d", r.IntN(9)), []byte(strings.Repeat("v", r.IntN(700))), 0)
	}
	if r.IntN(2) == 0 {
		_ = syscall.Setxattr(path, posixACL, acl(mode, uint32(r.IntN(5000)), uint16(r.IntN(8)), uint16(mode>>3&7)), 0)
	}
	if r.IntN(3) == 0 {
		_ = syscall.Setxattr(path, "security.selinux", selinuxLabel, 0)
	}
	if r.IntN(3) == 0 {
		_ = syscall.Setxattr(path, posixDefaultACL, acl(0o755, uint32(r.IntN(5000)), 7, 7), 0)
	}
}

// applyAs runs an Apply in a process of its own, with other credentials or in
// a user namespace, and returns the exit status of applyAsChild and its output.
// The root must let others in.
func applyAs(t *testing.T, root string, plan mirror.Plan, as *syscall.SysProcAttr) (int, string) {
	t.Helper()
	// The test's own program and temporary directory may be for root alone.
	dir := fastDir(t)
	require.NoError(t, os.Chmod(dir, 0o755))
	self, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	program, planFile := filepath.Join(dir, "apply"), filepath.Join(dir, "plan.json")
	require.NoError(t, os.WriteFile(program, self, 0o755))
	data, err := json.Marshal(plan.Changes)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(planFile, data, 0o644))
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childEnv+"="+root, childPlan+"="+planFile)
	cmd.Dir, cmd.SysProcAttr = "/", as
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// nobody is the user that a test run by root drops to.
const nobody = 65534

// asNobody makes a process run without root's rights.
func asNobody() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// belongsToNobody gives all of a tree to whom asNobody runs as.
func belongsToNobody(t *testing.T, root string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	require.NoError(t, filepath.WalkDir(root, func(p string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(p, nobody, nobody))
	}))
}

// What only root may set is lost when someone else applies, who is told so;
// the rest is kept.
func TestAttributesThatOnlyRootMaySet(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/a", "old", 0o640)
	file := filepath.Join(dir, "etc/a")
	setOrSkip(t, file, "user.comment", []byte("x"))
	setOrSkip(t, file, "security.label", []byte("x"))
	belongsToNobody(t, dir)
	setOrSkip(t, file, posixACL, acl(0o640, 1234, 4, 4))
	code, out := applyAs(t, dir, planOf(update("/etc/a", "old", "new")), asNobody())
	require.Zero(t, code, out)
	assert.Contains(t, out, "/etc/a: the extended attribute security.label was lost: operation not permitted")
	assert.Equal(t, "new", content(t, dir, "etc/a"))
	assert.Equal(t, "x", valueOf(t, file, "user.comment"))
	assert.Empty(t, valueOf(t, file, "security.label"))
	assert.Equal(t, string(acl(0o640, 1234, 4, 4)), valueOf(t, file, posixACL))
}

// In a user namespace that does not know the user of an ACL, the ACL cannot be
// kept. Then nothing is changed.
func TestACLThatCannotBeKept(t *testing.T) {
	dir := fastDir(t)
	write(t, dir, "etc/a", "old", 0o640)
	setOrSkip(t, filepath.Join(dir, "etc/a"), posixACL, acl(0o640, 1234, 4, 4))
	before := snapshot(t, dir)
	namespace := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	code, out := applyAs(t, dir, planOf(update("/etc/a", "old", "new")), namespace)
	require.Equal(t, 4, code, out)
	assert.Contains(t, out, "nothing was changed: write /etc/a: keep the access control list system.posix_acl_access: invalid argument")
	assert.Equal(t, before, snapshot(t, dir))
}
