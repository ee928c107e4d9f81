package fileset

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"unsafe"
)

// errInvalid is what the kernel says of a value that makes no sense here, such
// as an ACL for users that do not exist in this user namespace.
const errInvalid = syscall.EINVAL

// maxAttribute bounds a value and the list of names (linux/limits.h,
// XATTR_SIZE_MAX and XATTR_LIST_MAX).
const maxAttribute = 64 << 10

// readAttributes returns the extended attributes of an open file, by name, and
// those that may not be read. A file system that has none has none.
//
// trusted.* is seen only by CAP_SYS_ADMIN. security.evm is left out: it is a
// keyed digest over the inode, which the kernel alone may write.
func readAttributes(f *os.File) (out []attribute, unread []LostAttribute, err error) {
	names, err := filled(func(buf []byte) (int, error) {
		return xattrCall(syscall.SYS_FLISTXATTR, f, "", buf)
	})
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, &fs.PathError{Op: "list the extended attributes", Path: f.Name(), Err: err}
	}
	for name := range bytes.SplitSeq(bytes.TrimSuffix(names, []byte{0}), []byte{0}) {
		a := attribute{Name: string(name)}
		if a.Name == "" || a.Name == "security.evm" {
			continue
		}
		a.Value, err = filled(func(buf []byte) (int, error) {
			return xattrCall(syscall.SYS_FGETXATTR, f, a.Name, buf)
		})
		switch {
		case err == nil:
			out = append(out, a)
		case errors.Is(err, syscall.ENODATA): // gone since it was listed
		case isRefusal(err) && !isACL(a.Name):
			unread = append(unread, LostAttribute{Name: a.Name, Err: err})
		default:
			return nil, nil, &fs.PathError{Op: "read the extended attribute " + a.Name, Path: f.Name(), Err: err}
		}
	}
	slices.SortFunc(out, func(a, b attribute) int { return strings.Compare(a.Name, b.Name) })
	return out, unread, nil
}

// filled returns what a call puts into a buffer that is large enough. Most
// files have an SELinux label, if anything.
func filled(call func(buf []byte) (int, error)) ([]byte, error) {
	for _, size := range []int{256, maxAttribute} {
		buf := make([]byte, size)
		n, err := call(buf)
		if err == nil {
			return slices.Clip(buf[:n]), nil
		}
		if !errors.Is(err, syscall.ERANGE) {
			return nil, err
		}
	}
	return nil, syscall.ERANGE
}

func setAttribute(f *os.File, a attribute) error {
	_, err := xattrCall(syscall.SYS_FSETXATTR, f, a.Name, a.Value)
	return err
}

func removeAttribute(f *os.File, name string) error {
	_, err := xattrCall(syscall.SYS_FREMOVEXATTR, f, name, nil)
	if errors.Is(err, syscall.ENODATA) {
		return nil
	}
	return err
}

// xattrCall makes one of the calls on a descriptor. Package syscall has them
// for paths only, which could lead to another file by now and out of the root.
func xattrCall(trap uintptr, f *os.File, name string, value []byte) (int, error) {
	var at unsafe.Pointer
	if len(value) > 0 {
		at = unsafe.Pointer(&value[0])
	}
	size := uintptr(len(value))
	for {
		var n uintptr
		var errno syscall.Errno
		if trap == syscall.SYS_FLISTXATTR {
			n, _, errno = syscall.Syscall(trap, f.Fd(), uintptr(at), size)
		} else {
			text, err := syscall.BytePtrFromString(name)
			if err != nil {
				return 0, err
			}
			n, _, errno = syscall.Syscall6(trap, f.Fd(), uintptr(unsafe.Pointer(text)), uintptr(at), size, 0, 0)
		}
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}
