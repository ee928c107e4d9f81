package catalog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/distribution/reference"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// AllowList answers which images a provider serves. The zero value allows
// nothing.
//
// It has DaoCloud's format (allows.txt and hack/verify-allows.sh of
// DaoCloud/public-image-mirror at commit 871a1e7): one pattern a line, without
// a tag. A pattern ending in ** allows everything that begins so, one ending
// in * whatever has no further slash, any other the repository itself.
// Official images may be listed as docker.io/nginx or as
// docker.io/library/nginx.
type AllowList struct {
	// AsOf and Source are those of the list.
	AsOf   string
	Source string

	patterns []Pattern
	exact    map[string]int // index of a pattern without stars
	stars    []int          // indices of the others, in order
}

// Pattern is one line of an AllowList.
type Pattern struct {
	Text string `json:"pattern"`
	// Line counts from 1.
	Line int `json:"line"`
}

// maxAllowLine bounds a line; references are at most a few hundred bytes long.
const maxAllowLine = 64 << 10

// ReadAllowList reads a list. Blank lines and those that begin with # are
// skipped, blanks within a line ignored. Lines that cannot match any image are
// left out with a warning; the error is the reader's.
func ReadAllowList(name string, r io.Reader) (*AllowList, mirror.Diagnostics, error) {
	l := &AllowList{Source: name}
	var found mirror.Diagnostics
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxAllowLine)
	for n := 1; lines.Scan(); n++ {
		text := strings.Join(strings.Fields(string(bytes.TrimPrefix(lines.Bytes(), []byte("\xef\xbb\xbf")))), "")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if problem := l.add(Pattern{Text: text, Line: n}); problem != "" {
			found = append(found, ruleAllowPattern.At(mirror.Position{File: name, Line: n, Column: 1}, "", fmt.Sprintf("the pattern %q %s", text, problem)))
		}
	}
	return l, found, lines.Err()
}

// NewAllowList makes a list of patterns. The error names the first that cannot
// match any image.
func NewAllowList(patterns ...string) (*AllowList, error) {
	l := &AllowList{}
	for i, text := range patterns {
		if problem := l.add(Pattern{Text: text, Line: i + 1}); problem != "" {
			return nil, fmt.Errorf("pattern %d %q %s", i+1, text, problem)
		}
	}
	return l, nil
}

// add appends a pattern, or says why it can match nothing.
func (l *AllowList) add(p Pattern) string {
	text := p.Text
	body := strings.TrimSuffix(strings.TrimSuffix(text, "*"), "*")
	host, path := cutHost(body)
	switch {
	case strings.Contains(body, "*"):
		return "has a * that is not at its end"
	case body == "" && text != "**":
		return "has no registry"
	case body != "" && !isDomain(host) && !(path == "" && body != text):
		return "does not begin with a registry"
	case strings.Contains(body, "://"):
		return "has a scheme"
	case strings.ContainsAny(path, ":@"):
		return "has a tag or digest, which is never compared"
	case path == "" && !strings.HasSuffix(text, "*"):
		return "names no repository"
	}
	at := len(l.patterns)
	l.patterns = append(l.patterns, p)
	if text != body {
		l.stars = append(l.stars, at)
		return ""
	}
	if l.exact == nil {
		l.exact = map[string]int{}
	}
	if _, ok := l.exact[text]; !ok {
		l.exact[text] = at
	}
	return ""
}

// Patterns returns the list's patterns in order.
func (l *AllowList) Patterns() []Pattern { return append([]Pattern(nil), l.patterns...) }

// Len returns the number of patterns.
func (l *AllowList) Len() int { return len(l.patterns) }

// Match returns the first pattern that allows an image, given as users write
// it. Tag and digest do not matter. The error says that it is no image
// reference.
func (l *AllowList) Match(image string) (Pattern, bool, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return Pattern{}, false, fmt.Errorf("image reference %q: %w", image, err)
	}
	name := named.Name()
	best := l.match(name)
	if short, ok := strings.CutPrefix(name, "docker.io/library/"); ok {
		if at := l.match("docker.io/" + short); at >= 0 && (best < 0 || at < best) {
			best = at
		}
	}
	if best < 0 {
		return Pattern{}, false, nil
	}
	return l.patterns[best], true, nil
}

// Allows reports whether an image is on the list; what is no image reference
// is not.
func (l *AllowList) Allows(image string) bool {
	_, ok, err := l.Match(image)
	return ok && err == nil
}

// match returns the index of the first pattern for a repository name, -1 for
// none.
func (l *AllowList) match(name string) int {
	best := -1
	if at, ok := l.exact[name]; ok {
		best = at
	}
	for _, at := range l.stars {
		if best >= 0 && at > best {
			break
		}
		text := l.patterns[at].Text
		if prefix, ok := strings.CutSuffix(text, "**"); ok {
			if strings.HasPrefix(name, prefix) {
				return at
			}
		} else if rest, ok := strings.CutPrefix(name, text[:len(text)-1]); ok && !strings.Contains(rest, "/") {
			return at
		}
	}
	return best
}

// MarshalJSON shows where the list is from and how long it is, not the list.
func (l *AllowList) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		AsOf     string `json:"as_of,omitempty"`
		Source   string `json:"source,omitempty"`
		Patterns int    `json:"patterns"`
	}{l.AsOf, l.Source, len(l.patterns)})
}
