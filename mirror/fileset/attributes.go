package fileset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// LostAttribute is an extended attribute that a file had and that could not be
// given to the file in its place.
type LostAttribute struct {
	// Path is the node's path of the file or directory.
	Path string
	// Name is that of the attribute, such as "security.selinux".
	Name string
	// Err says why, such as fs.ErrPermission.
	Err error
}

// String returns one line for a person.
func (l LostAttribute) String() string {
	return fmt.Sprintf("%s: the extended attribute %s was lost: %v", l.Path, l.Name, l.Err)
}

// meta is all that a file or directory has beside its content.
type meta struct {
	Mode fs.FileMode `json:"mode"`
	UID  int         `json:"uid"` // -1: leave all but the mode to the system
	GID  int         `json:"gid"`
	// Attributes are its extended attributes, by name, POSIX ACLs among them.
	// Nil where the system has none that this package knows how to keep.
	Attributes []attribute `json:"attributes,omitempty"`
	// unread are attributes that are there and may not be read.
	unread []LostAttribute
}

// attribute is an extended attribute.
type attribute struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// fresh is what something new gets: its owner, and the ACL that its directory
// has for what is made in it, are the system's affair.
func fresh(mode fs.FileMode) meta { return meta{Mode: mode, UID: -1, GID: -1} }

// metaOf reads what an open file or directory has.
func metaOf(f *os.File, info fs.FileInfo) (meta, error) {
	m := meta{Mode: modeBits(info.Mode())}
	m.UID, m.GID = owner(info)
	var err error
	m.Attributes, m.unread, err = readAttributes(f)
	return m, err
}

func (m meta) same(other meta) bool {
	return m.Mode == other.Mode && m.UID == other.UID && m.GID == other.GID &&
		slices.EqualFunc(m.Attributes, other.Attributes, func(a, b attribute) bool {
			return a.Name == b.Name && bytes.Equal(a.Value, b.Value)
		})
}

// forOther is meta for other content in the same place: without what was
// computed from the content.
func (m meta) forOther() meta {
	m.Attributes = slices.DeleteFunc(slices.Clone(m.Attributes), func(a attribute) bool { return a.Name == "security.ima" })
	return m
}

// private is meta for a file that its owner alone may read: with no ACL, which
// a later chmod could bring back to life.
func (m meta) private() meta {
	m.Attributes = slices.DeleteFunc(slices.Clone(m.Attributes), func(a attribute) bool { return isACL(a.Name) })
	return m
}

// isACL tells the attributes that are an access control list. Losing one of
// them could open a file to someone or close it to a daemon. The names are
// those that libattr 2.5 calls permissions in /etc/xattr.conf.
func isACL(name string) bool {
	switch name {
	case posixACL, posixDefaultACL, "system.nfs4_acl", "system.nfs4acl":
		return true
	}
	return false
}

const (
	posixACL        = "system.posix_acl_access"
	posixDefaultACL = "system.posix_acl_default"
)

// dress gives an open file or directory what meta says, in an order in which
// it is never open to more than before or after: the owner first, since a
// change of owner clears the setuid bits and capabilities; then an inherited
// ACL goes, whose mask the mode would set; then the mode; then the attributes.
//
// An ACL that cannot be set is an error; other attributes are returned as
// lost. So does cp -a of GNU coreutils 9.1, which fails where an ACL cannot be
// kept, and says nothing of other attributes.
func (m meta) dress(f *os.File) ([]LostAttribute, error) {
	if m.UID < 0 {
		return nil, f.Chmod(m.Mode)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if u, g := owner(info); u != m.UID || g != m.GID {
		if err := f.Chown(m.UID, m.GID); err != nil {
			return nil, fmt.Errorf("keep the owner: %w", err)
		}
	}
	have, _, err := readAttributes(f)
	if err != nil {
		return nil, err
	}
	for _, a := range have {
		if a.Name != posixACL && a.Name != posixDefaultACL || m.has(a) {
			continue
		}
		if err := removeAttribute(f, a.Name); err != nil {
			return nil, fmt.Errorf("drop the inherited access control list: %w", err)
		}
	}
	if err := f.Chmod(m.Mode); err != nil {
		return nil, err
	}
	lost := slices.Clone(m.unread)
	for _, a := range m.Attributes {
		if (meta{Attributes: have}).has(a) {
			continue
		}
		switch err := setAttribute(f, a); {
		case err == nil:
		case isACL(a.Name):
			return nil, fmt.Errorf("keep the access control list %s: %w", a.Name, err)
		case isRefusal(err):
			lost = append(lost, LostAttribute{Name: a.Name, Err: err})
		default:
			return nil, fmt.Errorf("keep the extended attribute %s: %w", a.Name, err)
		}
	}
	return lost, nil
}

func (m meta) has(a attribute) bool {
	return slices.ContainsFunc(m.Attributes, func(b attribute) bool { return a.Name == b.Name && bytes.Equal(a.Value, b.Value) })
}

// isRefusal reports whether the system does not allow an attribute, and would
// not the next time either.
func isRefusal(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, errInvalid)
}
