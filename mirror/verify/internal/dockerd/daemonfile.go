package dockerd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/moby/moby/v2/daemon/pkg/registry"
)

// daemonFile is what concerns registries in a daemon.json. The daemon decodes
// the file with the same package into the same struct.
type daemonFile struct {
	registry.ServiceOptions
	Features map[string]bool `json:"features"`
}

// load decodes a daemon.json as moby v2.0.0-beta.24
// daemon/config/config.go, getConflictFreeConfiguration does: a file of
// blanks is a configuration, names match in any case, the last duplicate
// wins, and a key without a flag of its name is refused. The daemon's flags
// cannot be had from outside, so that only names that no flag can have are
// refused here. The file must be UTF-8; UTF-16, which the daemon also takes, is not
// supported here.
func load(data []byte) (daemonFile, error) {
	var file daemonFile
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return file, fmt.Errorf("failed to decode configuration JSON: invalid UTF-8")
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return file, nil
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return file, fmt.Errorf("invalid JSON: %w", err)
	}
	var unknown []string
	for key, value := range keys {
		if !option.MatchString(key) && value[0] != '{' {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return file, fmt.Errorf("the following directives don't match any configuration option: %s", strings.Join(unknown, ", "))
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return file, fmt.Errorf("invalid JSON: %w", err)
	}
	return file, nil
}

// option is what a flag of the daemon can be called.
var option = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
