//go:build !unix

package trace_test

import "testing"

func perCPU(*testing.B, int64) (done func()) { return func() {} }
