package dot

import "golang.org/x/sys/cpu"

// implementations are those that this processor can run.
func implementations() map[string]implementation {
	all := map[string]implementation{"portable": {rows8Portable, fixedPortable, weighPortable, peakPortable, quantisePortable}}
	if cpu.X86.HasAVX2 {
		all["AVX2"] = implementation{rows8AVX2, fixedAVX2, weighAVX2, peakAVX2, quantiseAVX2}
	}
	if hasVNNI() {
		all["VNNI"] = implementation{rows8VNNI, fixedAVX2, weighAVX2, peakAVX2, quantiseAVX2}
	}
	return all
}
