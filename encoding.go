package timbre

// Encoding is how audio is encoded that comes without RTP, as one channel of samples without packets.
type Encoding string

const (
	LinearPCM Encoding = "pcm_s16le" // 16-bit linear PCM, little-endian
	MuLaw     Encoding = "mulaw"     // G.711 µ-law
	ALaw      Encoding = "alaw"      // G.711 A-law
)

// SampleBytes is the size of one sample in bytes; 0 for an unknown encoding.
func (e Encoding) SampleBytes() int { return sampleBytes[e] }

var sampleBytes = map[Encoding]int{LinearPCM: 2, MuLaw: 1, ALaw: 1}
