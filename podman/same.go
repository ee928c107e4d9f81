package podman

import "github.com/mirrorcfg/mirrorcfg/mirror"

// sameRegistry reports whether two entries of one prefix mean the same.
func sameRegistry(a, b *Registry) bool {
	if trimSlash(a.Location) != trimSlash(b.Location) || !sameToggle(a.Insecure, b.Insecure) || !sameToggle(a.Blocked, b.Blocked) ||
		a.NamespaceProxy != b.NamespaceProxy || len(a.Mirrors) != len(b.Mirrors) {
		return false
	}
	for i := range a.Mirrors {
		m, n := &a.Mirrors[i], &b.Mirrors[i]
		if trimSlash(m.Location) != trimSlash(n.Location) || !sameToggle(m.Insecure, n.Insecure) || m.NamespaceProxy != n.NamespaceProxy ||
			a.pullOf(m) != b.pullOf(n) {
			return false
		}
	}
	return true
}

func sameToggle(a, b mirror.Toggle) bool { return (a == mirror.On) == (b == mirror.On) }

// pullOf is what a mirror is used for, whichever key says it.
func (r *Registry) pullOf(m *Mirror) string {
	switch {
	case r.MirrorByDigestOnly == mirror.On:
		return PullDigestOnly
	case m.PullFromMirror == PullAll:
		return ""
	default:
		return m.PullFromMirror
	}
}

// inStyleOf returns want as it is best written over have: what means the
// same keeps its form.
func inStyleOf(have, want Registry) Registry {
	out := want
	if have.Prefix == "" || trimSlash(have.Prefix) == want.Prefix {
		out.Prefix = have.Prefix
	}
	if have.Prefix == "" && trimSlash(have.Location) != trimSlash(want.Location) {
		out.Prefix = want.Prefix
	}
	if trimSlash(have.Location) == trimSlash(want.Location) {
		out.Location = have.Location
	}
	out.Insecure = keepToggle(have.Insecure, want.Insecure)
	out.Blocked = keepToggle(have.Blocked, want.Blocked)
	out.Mirrors = append([]Mirror(nil), want.Mirrors...)
	allDigests := len(want.Mirrors) > 0
	for i := range want.Mirrors {
		allDigests = allDigests && want.pullOf(&want.Mirrors[i]) == PullDigestOnly
	}
	keepWhole := allDigests && have.MirrorByDigestOnly == mirror.On
	switch {
	case keepWhole:
		out.MirrorByDigestOnly = mirror.On
	case have.MirrorByDigestOnly == mirror.Off && want.MirrorByDigestOnly == mirror.Unset:
		out.MirrorByDigestOnly = mirror.Off
	}
	for i := range out.Mirrors {
		m := &out.Mirrors[i]
		if keepWhole {
			m.PullFromMirror = ""
		}
		for j := range have.Mirrors {
			old := &have.Mirrors[j]
			if trimSlash(old.Location) != trimSlash(m.Location) {
				continue
			}
			if old.Insecure.IsSet() {
				m.Insecure = keepToggle(old.Insecure, m.Insecure)
			}
			if old.PullFromMirror == PullAll && m.PullFromMirror == "" && !keepWhole {
				m.PullFromMirror = PullAll
			}
			break
		}
	}
	return out
}

func keepToggle(have, want mirror.Toggle) mirror.Toggle {
	if sameToggle(have, want) {
		return have
	}
	return want
}
