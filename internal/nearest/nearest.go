// Package nearest finds the known word that a mistyped one was meant to be.
package nearest

import "strings"

// Word returns the known word closest to word, if it is close enough for a
// typing error: at most one edit for each three letters, and at least one.
// Case, hyphens and underscores do not count.
func Word(word string, known []string) (string, bool) {
	if len(word) > longest {
		return "", false
	}
	folded := fold(word)
	best, bestDistance := "", max(1, len(folded)/3)+1
	for _, k := range known {
		if d := distance(folded, fold(k), bestDistance); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best, best != ""
}

// longest bounds the work on hostile input; no known word is near its length.
const longest = 64

func fold(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// distance is the Damerau-Levenshtein distance (insert, delete, replace, swap
// neighbours); from limit on the exact number does not matter.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
