package fileset

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// mask stands for each value that is hidden.
const mask = "***"

// secretKeys are the keys, in lower case, whose values are hidden with all
// that is beneath them: containerd's hosts.toml header tables, its
// registry.configs.<host>.auth, and the auth entries of Docker's and Podman's
// credential files.
var secretKeys = map[string]bool{
	"header": true, "headers": true, "httpheaders": true,
	"auth": true, "password": true, "passwd": true, "identitytoken": true, "identity_token": true,
	"registrytoken": true, "token": true, "secret": true, "authorization": true, "proxy-authorization": true,
	"x-registry-auth": true, "access_key": true, "secret_key": true, "secretkey": true, "accesskey": true,
}

func isSecret(key string) bool { return secretKeys[strings.ToLower(key)] }

var (
	userinfo   = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/"'@?#<>]+@`)
	privateKey = regexp.MustCompile(`(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----).*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`)
	looseKey   = regexp.MustCompile(`(?i)(["']?\b(?:[a-z0-9_-]*[-_])?(?:header|authorization|auth|password|passwd|identity_?token|registrytoken|token|secret)\b["']?\s*[=:]\s*).*`)
)

// Redact returns a file's content with the secrets in it replaced by "***":
// header values and the values of auth, password, identitytoken and their
// like in TOML and JSON, in comments too, user and password in URLs, and
// private keys. Everything else keeps its bytes. Content need not be valid;
// what cannot be understood is hidden rather than shown.
func Redact(name string, data []byte) []byte {
	out, _ := redact(name, data)
	return out
}

// redact also reports whether it hid anything.
func redact(name string, data []byte) ([]byte, bool) {
	out := data
	switch {
	case isJSON(name, data):
		r := redactor{in: data}
		for r.more() { // what follows the value is a fault, and looked at as well
			at := r.at
			if r.json(0, false); r.at == at {
				r.at++
			}
		}
		out = r.finish()
	case isTOML(name):
		r := redactor{in: data}
		r.toml()
		out = r.finish()
	}
	out = userinfo.ReplaceAll(out, []byte("${1}"+mask+"@"))
	out = privateKey.ReplaceAll(out, []byte("${1}\n"+mask+"\n${2}"))
	return out, !bytes.Equal(out, data)
}

func isJSON(name string, data []byte) bool {
	if path.Ext(name) == ".json" {
		return true
	}
	first := bytes.TrimLeft(data, " \t\r\n\ufeff")
	return len(first) > 0 && first[0] == '{'
}

func isTOML(name string) bool {
	switch path.Ext(name) {
	case ".toml", ".conf", "":
		return true
	}
	return false
}

// maxDepth is how deep values are looked into; what is deeper is hidden.
const maxDepth = 500

// redactor copies in to out and leaves secret values out. It reads just
// enough of TOML and JSON to know which key a value belongs to, and goes on
// after a fault.
type redactor struct {
	in  []byte
	at  int // read up to here
	cut int // copied up to here
	out []byte
}

func (r *redactor) finish() []byte {
	if r.cut == 0 {
		return r.in
	}
	return append(r.out, r.in[r.cut:]...)
}

// hide replaces the bytes from start to the reading position.
func (r *redactor) hide(start int, with string) {
	r.out = append(append(r.out, r.in[r.cut:start]...), with...)
	r.cut = r.at
}

func (r *redactor) more() bool { return r.at < len(r.in) }

func (r *redactor) peek() byte {
	if r.more() {
		return r.in[r.at]
	}
	return 0
}

func (r *redactor) has(prefix string) bool { return bytes.HasPrefix(r.in[r.at:], []byte(prefix)) }

// until moves to the next of the bytes, or to the end.
func (r *redactor) until(any string) {
	if i := bytes.IndexAny(r.in[r.at:], any); i >= 0 {
		r.at += i
	} else {
		r.at = len(r.in)
	}
}

// skip moves over bytes of the set.
func (r *redactor) skip(set string) {
	for r.more() && strings.IndexByte(set, r.in[r.at]) >= 0 {
		r.at++
	}
}

// comment passes a comment up to the end of its line, and hides what follows
// a key in it that would be secret, or all that follows a key in a place that
// is.
func (r *redactor) comment(secret bool) {
	start := r.at
	r.until("\n")
	r.hideInText(start, secret)
}

// hideInText hides the secrets in text that is no syntax.
func (r *redactor) hideInText(start int, secret bool) {
	text := r.in[start:r.at]
	clean := looseKey.ReplaceAll(text, []byte("${1}"+mask))
	if i := bytes.IndexAny(text, "=:"); secret && i >= 0 {
		clean = append(append([]byte(nil), text[:i+1]...), " "+mask...)
	}
	if !bytes.Equal(clean, text) {
		r.hide(start, string(clean))
	}
}

// quoted passes a string in quotes and returns what is between them. In JSON
// and in TOML's "…" a backslash takes the next byte along.
func (r *redactor) quoted(lines bool) string {
	quote := r.in[r.at]
	r.at++
	start := r.at
	for r.more() {
		switch c := r.in[r.at]; {
		case c == quote:
			r.at++
			return string(r.in[start : r.at-1])
		case c == '\\' && quote == '"':
			r.at++
		case c == '\n' && !lines:
			return string(r.in[start:r.at])
		}
		r.at = min(r.at+1, len(r.in))
	}
	return string(r.in[start:])
}
