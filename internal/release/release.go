// Package release holds what every adapter's version table is made of:
// versions, and features with the versions they are in.
package release

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Version is a release of an engine. A part that was not given is Newest,
// since "2.0" is asked about as its newest patch.
type Version struct{ Major, Minor, Patch int }

// Newest stands for a part of a version that was not given.
const Newest = math.MaxInt32

// Parse reads "2", "2.4", "2.4.1", "v28.5.2" or "2.0.0-beta.24"; what follows
// a hyphen or plus is ignored.
func Parse(s string) (Version, error) {
	text := strings.TrimPrefix(s, "v")
	if i := strings.IndexAny(text, "-+~"); i >= 0 {
		text = text[:i]
	}
	parts := strings.Split(text, ".")
	v := Version{Newest, Newest, Newest}
	if len(parts) > 3 {
		return Version{}, fmt.Errorf("version %q: write major.minor or major.minor.patch", s)
	}
	for i, field := range []*int{&v.Major, &v.Minor, &v.Patch} {
		if i >= len(parts) {
			break
		}
		n, err := strconv.ParseUint(parts[i], 10, 24)
		if err != nil {
			return Version{}, fmt.Errorf("version %q: write major.minor or major.minor.patch", s)
		}
		*field = int(n)
	}
	return v, nil
}

// MustParse is Parse for the tables in code.
func MustParse(s string) Version {
	v, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return v
}

// Compare returns -1, 0 or 1.
func (v Version) Compare(w Version) int {
	for _, d := range [...]int{v.Major - w.Major, v.Minor - w.Minor, v.Patch - w.Patch} {
		switch {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
	}
	return 0
}

// AtLeast reports v >= w.
func (v Version) AtLeast(w Version) bool { return v.Compare(w) >= 0 }

// Oldest returns the version with 0 for each part that was not given. A
// writer that is told "1.7" must please every 1.7.
func (v Version) Oldest() Version {
	for _, p := range []*int{&v.Major, &v.Minor, &v.Patch} {
		if *p == Newest {
			*p = 0
		}
	}
	return v
}

// String returns the parts that were given.
func (v Version) String() string {
	s := strconv.Itoa(v.Major)
	if v.Minor == Newest {
		return s
	}
	s += "." + strconv.Itoa(v.Minor)
	if v.Patch == Newest {
		return s
	}
	return s + "." + strconv.Itoa(v.Patch)
}

// Span is the versions from Since on, before Until. The zero Until is "still".
type Span struct{ Since, Until Version }

// From returns the span that starts at a version and has not ended.
func From(since string) Span { return Span{Since: MustParse(since).Oldest()} }

// Between returns the span from since on, before until.
func Between(since, until string) Span {
	return Span{MustParse(since).Oldest(), MustParse(until).Oldest()}
}

// Before returns the span that ends before a version.
func Before(until string) Span { return Span{Until: MustParse(until).Oldest()} }

// Feature is one row of an engine's version table: a behaviour, the versions
// that have it, and upstream's source of that knowledge. A fix that was
// carried back to older branches has several spans.
type Feature struct {
	Name   string
	In     []Span
	Source string
}

// Has reports whether a version has the feature.
func (f Feature) Has(v Version) bool {
	for _, s := range f.In {
		if v.AtLeast(s.Since) && (s.Until == Version{} || !v.AtLeast(s.Until)) {
			return true
		}
	}
	return false
}

// HasAll reports whether every release that v may stand for has the feature:
// "1.7" is 1.7.0 as well as the newest 1.7. Writers ask this.
func (f Feature) HasAll(v Version) bool { return f.Has(v) && f.Has(v.Oldest()) }

// Versions describes the spans for people: ">= 2.0.11 < 2.1, >= 2.2.6".
func (f Feature) Versions() string {
	var parts []string
	for _, s := range f.In {
		var p []string
		if s.Since != (Version{}) {
			p = append(p, ">= "+s.Since.trimmed())
		}
		if s.Until != (Version{}) {
			p = append(p, "< "+s.Until.trimmed())
		}
		parts = append(parts, strings.Join(p, " "))
	}
	return strings.Join(parts, ", ")
}

// trimmed leaves a patch of 0 out.
func (v Version) trimmed() string {
	if v.Patch == 0 {
		v.Patch = Newest
	}
	return v.String()
}
