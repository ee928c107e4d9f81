package probe

import (
	"fmt"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// compareDigests finds out what the reference stands for and marks the
// mirrors that say otherwise.
func compareDigests(r *RegistryReport, ref *mirror.Reference) {
	if ref == nil {
		return
	}
	switch {
	case ref.Digest != "":
		r.Digest, r.DigestFrom = ref.Digest, FromReference
	case r.Upstream != nil && r.Upstream.Digest != "" && r.Upstream.Verdict.Usable():
		r.Digest, r.DigestFrom = r.Upstream.Digest, FromUpstream
	default:
		if d, ok := majority(r.Mirrors); ok {
			r.Digest, r.DigestFrom = d, FromMirrors
		}
	}
	if r.Digest == "" {
		return
	}
	if r.Upstream != nil {
		r.Upstream.compare(r.Digest, r.DigestFrom)
	}
	for i := range r.Mirrors {
		r.Mirrors[i].compare(r.Digest, r.DigestFrom)
	}
}

// compare turns a result into WrongDigest. That outweighs what else is wrong
// with the content: a mirror that lies about a tag often cannot serve what it
// names, and the lie is the graver fault.
func (r *Result) compare(want string, from DigestSource) {
	if r.Digest == "" || r.Digest == want || r.Verdict == Canceled {
		return
	}
	by := map[DigestSource]string{
		FromReference: "the reference names", FromUpstream: "the upstream says", FromMirrors: "most mirrors say",
	}[from]
	reason := fmt.Sprintf("resolves to %s, %s %s", short(r.Digest), by, short(want))
	if r.Reason != "" {
		reason += "; " + r.Reason
	}
	r.Verdict, r.Reason = WrongDigest, reason
}

// majority returns the digest that at least two mirrors agree on, and more
// than on any other.
func majority(results []Result) (string, bool) {
	count := map[string]int{}
	for _, r := range results {
		if r.Digest != "" && r.Verdict.Usable() {
			count[r.Digest]++
		}
	}
	best, second, digest := 0, 0, ""
	for d, n := range count {
		switch {
		case n > best:
			best, second, digest = n, best, d
		case n > second:
			second = n
		}
	}
	return digest, best >= 2 && best > second
}

// short cuts a digest for people: sha256:0123456789ab.
func short(digest string) string {
	if len(digest) > 19 {
		return digest[:19]
	}
	return digest
}
