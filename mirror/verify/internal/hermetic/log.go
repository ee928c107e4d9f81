package hermetic

import (
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/mirrorcfg/mirrorcfg/mirror/verify/internal/upstream"
)

// CaptureLog takes over logrus' standard logger, debug level included, until
// stop is called.
func CaptureLog(tree upstream.Tree) (lines *[]upstream.Log, stop func()) {
	lines = &[]upstream.Log{}
	logger := logrus.StandardLogger()
	level, out := logger.GetLevel(), logger.Out
	hooks := logger.ReplaceHooks(logrus.LevelHooks{})
	logger.SetLevel(logrus.DebugLevel)
	logger.SetOutput(io.Discard)
	logger.AddHook(hook{tree, lines})
	return lines, func() {
		logger.ReplaceHooks(hooks)
		logger.SetLevel(level)
		logger.SetOutput(out)
	}
}

type hook struct {
	tree  upstream.Tree
	lines *[]upstream.Log
}

func (hook) Levels() []logrus.Level { return logrus.AllLevels }

func (h hook) Fire(e *logrus.Entry) error {
	*h.lines = append(*h.lines, upstream.Log{Level: e.Level.String(), Message: h.tree.Redact(e.Message)})
	return nil
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// IgnoredKeys reads the keys out of the library's debug line about keys that
// it does not know. It is the only place where they are named.
func IgnoredKeys(lines []upstream.Log) []string {
	var keys []string
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line.Message, "Failed to decode keys ")
		if !ok {
			continue
		}
		list, _, _ := strings.Cut(rest, "] from ")
		for _, key := range quoted.FindAllString(list, -1) {
			if plain, err := strconv.Unquote(key); err == nil {
				keys = append(keys, plain)
			}
		}
	}
	return keys
}

// Field is a string field that only some versions of a struct have.
func Field(v any, name string) string {
	field := reflect.ValueOf(v).FieldByName(name)
	if !field.IsValid() || field.Kind() != reflect.String {
		return ""
	}
	return field.String()
}
