package timbre

import (
	"math"
	"strings"
)

// Nearest returns the key with the smallest edit distance from s. The section of a key, up to its last dot, may be missing
// from s. Ties go to the first key.
func Nearest(s string, keys []string) string {
	best, least := "", math.MaxInt
	for _, k := range keys {
		last := k[strings.LastIndexByte(k, '.')+1:]
		if d := min(distance(s, k), distance(s, last)+1); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance between the first 64 bytes of a and of b.
func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, change)
		}
	}
	return row[len(b)]
}
