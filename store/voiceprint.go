package store

import (
	"encoding/binary"
	"math"
	"time"

	"timbre"
)

// The plaintext of a sealed voiceprint: 1 byte version; 8 bytes net speech in nanoseconds; 2 bytes length of the model's name, and
// the name; then the embedding, 4 bytes (float32) a value. All numbers are little endian.
const (
	voiceprintVersion = 1
	voiceprintHead    = 1 + 8 + 2
)

// SealVoiceprint encrypts a voiceprint under a wrapped data key for the row of that name.
func SealVoiceprint(s Sealer, wrapped []byte, name string, v timbre.Voiceprint) ([]byte, error) {
	plain, err := encodeVoiceprint(v)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return s.Seal(wrapped, name, plain)
}

// OpenVoiceprint decrypts what SealVoiceprint encrypted.
func OpenVoiceprint(s Sealer, wrapped []byte, name string, sealed []byte) (timbre.Voiceprint, error) {
	plain, err := s.Open(wrapped, name, sealed)
	if err != nil {
		return timbre.Voiceprint{}, err
	}
	defer clear(plain)
	return decodeVoiceprint(plain)
}

func encodeVoiceprint(v timbre.Voiceprint) ([]byte, error) {
	if len(v.Model) > math.MaxUint16 {
		return nil, timbre.Errorf(timbre.Internal, "store", "the name of the model is too long: %d bytes", len(v.Model))
	}
	b := make([]byte, 0, voiceprintHead+len(v.Model)+4*len(v.Embedding))
	b = append(b, voiceprintVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Net))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(v.Model)))
	b = append(b, v.Model...)
	for _, x := range v.Embedding {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b, nil
}

func decodeVoiceprint(b []byte) (v timbre.Voiceprint, err error) {
	if len(b) < voiceprintHead || b[0] != voiceprintVersion {
		return v, timbre.Errorf(timbre.Internal, "store", "the voiceprint has an unknown format")
	}
	name := int(binary.LittleEndian.Uint16(b[9:]))
	rest := b[voiceprintHead:]
	if len(rest) < name || (len(rest)-name)%4 != 0 {
		return v, timbre.Errorf(timbre.Internal, "store", "the voiceprint is truncated: %d bytes", len(b))
	}
	v.Net = time.Duration(binary.LittleEndian.Uint64(b[1:]))
	v.Model = string(rest[:name])
	rest = rest[name:]
	v.Embedding = make(timbre.Embedding, len(rest)/4)
	for i := range v.Embedding {
		v.Embedding[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
	}
	return v, nil
}
