package docker

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

var ruleType = rule(mirror.Rule{
	Code: "docker/wrong-type", Severity: mirror.Error,
	Summary:     "a key has a value of a wrong type",
	Consequence: noStart,
	Fix:         "write a value of the right type",
	Evidence:    "moby/v2 2.0.0-beta.24 daemon/config/config.go Config; encoding/json",
})

func (c *daemonCheck) wrong(v jsonedit.Value, field, want string) {
	what := v.Kind().String()
	if v.Kind() == jsonedit.NumberKind || v.Kind() == jsonedit.StringKind {
		const longest = 40
		if raw := v.Raw(); len(raw) <= longest {
			what = redacted(string(raw))
		}
	}
	c.report(ruleType, v, field, "dockerd does not start: %s must be %s, not %s", field, want, what).Fix = "write " + want
}

// value checks a value the way encoding/json and the types of dockerd's Config do. null leaves most values unset.
func (c *daemonCheck) value(key daemonKey, v jsonedit.Value, field string) {
	kind := v.Kind()
	if kind == jsonedit.NullKind && key.kind != sizeKind && key.kind != membersKind {
		return
	}
	text, isText := v.Text()
	switch key.kind {
	case textKind:
		c.want(isText, v, field, "a string")
	case boolKind:
		c.want(kind == jsonedit.TrueKind || kind == jsonedit.FalseKind, v, field, "true or false, without quotes")
	case intKind:
		_, err := strconv.ParseInt(string(v.Raw()), 10, 64)
		c.want(err == nil, v, field, "a whole number, without quotes")
	case sizeKind:
		c.want(isText && text != "", v, field, `a size in quotes, such as "64m"`)
	case addressKind:
		c.want(isText && (text == "" || isIP(text)), v, field, "an IP address in quotes")
	case textListKind, addressListKind, objectListKind:
		c.elements(key, v, field)
	case objectKind:
		c.want(kind == jsonedit.ObjectKind, v, field, "an object")
	case objectMapKind, textMapKind, boolMapKind, membersKind:
		c.members(key, v, field)
	}
}

func (c *daemonCheck) want(ok bool, v jsonedit.Value, field, want string) {
	if !ok {
		c.wrong(v, field, want)
	}
}

func (c *daemonCheck) elements(key daemonKey, v jsonedit.Value, field string) {
	want := "a list of strings"
	if key.kind == objectListKind {
		want = "a list of objects"
	}
	array, ok := v.Array()
	if !ok {
		c.wrong(v, field, want)
		return
	}
	for i, e := range array.Elements() {
		at := fmt.Sprintf("%s[%d]", field, i)
		text, isText := e.Text()
		switch {
		case e.Kind() == jsonedit.NullKind:
		case key.kind == objectListKind:
			c.want(e.Kind() == jsonedit.ObjectKind, e, at, "an object")
		case key.kind == addressListKind && isText && text != "":
			_, err := netip.ParseAddr(text)
			c.want(err == nil, e, at, "an IP address in quotes")
		default:
			c.want(isText, e, at, "a string")
		}
	}
}

func (c *daemonCheck) members(key daemonKey, v jsonedit.Value, field string) {
	object, ok := v.Object()
	if !ok {
		c.wrong(v, field, "an object")
		return
	}
	for m := range object.Members() {
		at, kind := field+"."+m.Name, m.Value.Kind()
		switch {
		case kind == jsonedit.NullKind:
		case key.kind == objectMapKind:
			c.want(kind == jsonedit.ObjectKind, m.Value, at, "an object")
		case key.kind == membersKind && !slices.Contains(proxyKeys, m.Name):
		case key.kind == textMapKind, key.kind == membersKind:
			c.want(kind == jsonedit.StringKind, m.Value, at, "a string, in quotes")
		case key.kind == boolMapKind:
			c.want(kind == jsonedit.TrueKind || kind == jsonedit.FalseKind, m.Value, at, "true or false, without quotes")
		}
	}
}
