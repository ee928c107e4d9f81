package release

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Version{
		"2": {2, Newest, Newest}, "2.4": {2, 4, Newest}, "2.4.1": {2, 4, 1}, "v28.5.2": {28, 5, 2}, "2.0.0-beta.24": {2, 0, 0}, "1.6.20~ds1": {1, 6, 20},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "v", "a", "2.", "2.x", "1.2.3.4", "-1", "2.4 ", "99999999999"} {
		_, err := Parse(text)
		assert.Error(t, err, text)
	}
}

func TestNewestAndOldest(t *testing.T) {
	v := MustParse("1.7")
	assert.Equal(t, 1, v.Compare(MustParse("1.7.35")), "a patch that is not given is the newest")
	assert.Equal(t, Version{1, 7, 0}, v.Oldest())
	assert.Equal(t, "1.7", v.String())
	assert.Equal(t, "28", MustParse("28").String())
	assert.Equal(t, "1.7.3", MustParse("1.7.3").String())
	assert.Equal(t, 0, v.Compare(v))
}

func TestFeature(t *testing.T) {
	f := Feature{In: []Span{Between("2.0.11", "2.1"), From("2.2.6")}}
	for text, want := range map[string]bool{"1.7": false, "2.0.10": false, "2.0.11": true, "2.0": true, "2.1": false, "2.1.9": false, "2.2.5": false, "2.2.6": true, "2.3.0": true, "9": true} {
		assert.Equal(t, want, f.Has(MustParse(text)), text)
	}
	assert.False(t, f.HasAll(MustParse("2.0")), "2.0.0 has it not")
	assert.True(t, f.HasAll(MustParse("2.3")))
	assert.Equal(t, ">= 2.0.11 < 2.1, >= 2.2.6", f.Versions())
	assert.Equal(t, "< 2.1", Feature{In: []Span{Before("2.1")}}.Versions())
	assert.True(t, Feature{In: []Span{Before("2.1")}}.Has(MustParse("0.1")))
}
