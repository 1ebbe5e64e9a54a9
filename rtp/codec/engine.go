//go:build !libopus

package codec

// newEngine makes the Opus decoder that streams use. Built with -tags libopus it is libopus.
func newEngine() engine { return newGoEngine() }
