package containerd

import (
	"strings"

	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// hideUserinfo takes what may be the credentials of a URL out of diagnostics:
// everything in front of an @, back to the scheme, a quote or a blank.
func hideUserinfo(ds mirror.Diagnostics) {
	for i := range ds {
		for _, text := range []*string{&ds[i].Field, &ds[i].Message, &ds[i].Fix} {
			if strings.Contains(*text, "@") {
				*text = withoutUserinfo(*text)
			}
		}
	}
}

func withoutUserinfo(text string) string {
	at := strings.LastIndexByte(text, '@')
	for at >= 0 {
		start := strings.LastIndexAny(text[:at], " \"'`") + 1
		if i := strings.LastIndex(text[start:at], "://"); i >= 0 {
			start += i + len("://")
		}
		text = text[:start] + "***" + text[at:]
		at = strings.LastIndexByte(text[:start], '@')
	}
	return text
}
