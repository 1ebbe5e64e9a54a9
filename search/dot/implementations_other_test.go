//go:build !amd64

package dot

// implementations are those that this processor can run.
func implementations() map[string]implementation {
	return map[string]implementation{"portable": {rows8Portable, fixedPortable, weighPortable, peakPortable, quantisePortable}}
}
