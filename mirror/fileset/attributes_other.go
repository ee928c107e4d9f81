//go:build !linux

package fileset

import (
	"errors"
	"os"
)

var errInvalid = errors.ErrUnsupported

// readAttributes returns none: the engines run on Linux, and only there are
// extended attributes kept.
func readAttributes(*os.File) ([]attribute, []LostAttribute, error) { return nil, nil, nil }

func setAttribute(*os.File, attribute) error { return errors.ErrUnsupported }

func removeAttribute(*os.File, string) error { return errors.ErrUnsupported }
