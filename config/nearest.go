package config

import "strings"

// nearest is the key that takes the fewest changes of a letter to come to from s; its section may be left out.
func nearest(s string, keys []string) string {
	best, least := "", int(^uint(0)>>1)
	for _, k := range keys {
		last := k[strings.LastIndexByte(k, '.')+1:]
		if d := min(distance(s, k), distance(s, last)+1); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out or replaced to make b of a (Levenshtein's), at most the first 64
// bytes of each.
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
