package containerd

import "strings"

// nearest returns the known word that is written most like word, if any is
// near enough to be meant.
func nearest(word string, known []string) (string, bool) {
	word = strings.ToLower(word)
	best, distance := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := editDistance(word, k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		for _, k := range known {
			if len(k) > 3 && len(word) > 3 && (strings.HasPrefix(k, word) || strings.HasPrefix(word, k)) {
				return k, true
			}
		}
	}
	return best, best != ""
}

// editDistance is the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
