package verify

import "context"

// contextOf is a test's own context, if it has one.
func contextOf(t TB) context.Context {
	if own, ok := t.(interface{ Context() context.Context }); ok {
		return own.Context()
	}
	return context.Background()
}
