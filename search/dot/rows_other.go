//go:build !amd64

package dot

var (
	rows8    = rows8Portable
	fixed    = fixedPortable
	weigh    = weighPortable
	peak     = peakPortable
	quantise = quantisePortable
)
