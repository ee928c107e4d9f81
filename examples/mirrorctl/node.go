package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// nodeFS is the node below a directory, as it sees itself: a symbolic link to
// /opt/docker means the node's own, and .. does not lead out. os.DirFS would
// follow such a link of a mounted image to the machine that mirrorctl runs on.
type nodeFS string

func (n nodeFS) Open(name string) (fs.File, error) {
	p, err := n.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	return os.DirFS(string(n)).Open(p)
}

// Lstat makes nodeFS an fs.ReadLinkFS.
func (n nodeFS) Lstat(name string) (fs.FileInfo, error) {
	p, err := n.resolve("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return os.Lstat(filepath.Join(string(n), p))
}

// ReadLink returns what a symbolic link says.
func (n nodeFS) ReadLink(name string) (string, error) {
	p, err := n.resolve("readlink", name, false)
	if err != nil {
		return "", err
	}
	return os.Readlink(filepath.Join(string(n), p))
}

// maxLinks is Linux's limit for one path.
const maxLinks = 40

// resolve returns a path without symbolic links, but for the last element where
// that is not to be followed.
func (n nodeFS) resolve(op, name string, follow bool) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	done, rest := "/", strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		element := rest[0]
		rest = rest[1:]
		next := path.Join(done, element)
		if len(rest) > 0 || follow {
			target, err := os.Readlink(filepath.Join(string(n), next))
			if err == nil {
				if links++; links > maxLinks {
					return "", &fs.PathError{Op: op, Path: name, Err: errors.New("too many levels of symbolic links")}
				}
				if path.IsAbs(target) {
					done = "/"
				}
				rest = append(strings.Split(target, "/"), rest...)
				continue
			}
		}
		done = next
	}
	if done == "/" {
		return ".", nil
	}
	return done[1:], nil
}
