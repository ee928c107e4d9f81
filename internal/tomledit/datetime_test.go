package tomledit

import (
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"
)

var times = []string{
	"1979-05-27T07:32:00Z", "1979-05-27t07:32:00z", "1979-05-27 07:32:00.5-07:30", "1979-05-27T07:32Z", "0000-01-01T00:00:00+23:59",
	"1979-05-27T07:32:00.1234567891Z", "1979-05-27T00:32:00.999999+00:00", "1979-05-27T07:32:00-00:00", "9999-12-31T23:59:59Z",
	"1979-05-27T07:32:00", "1979-05-27 07:32", "1979-05-27T07:32:00.25", "1979-05-27", "07:32:00", "07:32", "00:32:00.999999",
	"2000-02-29", "2100-02-29", "2023-02-29T00:00:00Z", "2024-02-30", "2024-04-31", "2024-00-01", "2024-01-00", "2024-13-01",
	"24:00:00", "23:60", "23:59:60", "1979-05-27T07:32:00+24:00", "1979-05-27T07:32:00+23:60", "07:32:00.", "1979-05-27T07:32:00.Z",
	"1979-05-27T07:32:", "1979-05-27T07:3", "1979-05-27T", "1979-5-27", "1979-05-27T07:32:00+1:00", "1979-05-27T07:32:00+0100",
	"1979-05-27T07:32:00Z0", "7:32:00", "1979-05-27_07:32:00", "07:32:00Z", "1979-05-27Z",
}

// sameTime compares a document of one value with go-toml's decoder.
func sameTime(t *testing.T, raw string) {
	doc, err := Parse([]byte("v=" + raw))
	var fields map[string]any
	want := toml.Unmarshal([]byte("v="+raw), &fields)
	if err != nil {
		require.Error(t, want, raw)
		return
	}
	n := doc.Root().Child("v")
	if doc.Root().Len() != 1 || n.Kind() < OffsetDateTime {
		return
	}
	bad := false
	for _, f := range doc.Faults() {
		bad = bad || f.Kind == BadValue
	}
	require.Equal(t, want != nil, bad, "%q: go-toml says %v", raw, want)
}

func TestTimesAreThoseOfTheDecoder(t *testing.T) {
	for _, raw := range times {
		sameTime(t, raw)
	}
}

func FuzzTime(f *testing.F) {
	for _, raw := range times {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) { sameTime(t, raw) })
}
