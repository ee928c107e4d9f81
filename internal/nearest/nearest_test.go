package nearest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWord(t *testing.T) {
	known := []string{"prefix", "upstream", "fallback", "blocked", "mirror", "skip_verify", "registry-mirrors"}
	for word, want := range map[string]string{
		"mirrors": "mirror", "mirorr": "mirror", "skipverify": "skip_verify", "Prefix": "prefix", "pre-fix": "prefix",
		"registry-mirror": "registry-mirrors", "blokced": "blocked", "location": "", "x": "", "": "",
	} {
		got, ok := Word(word, known)
		assert.Equal(t, want, got, word)
		assert.Equal(t, want != "", ok, word)
	}
}
