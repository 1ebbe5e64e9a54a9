package store

import (
	"encoding/binary"
	"math"
	"time"

	"timbre"
)

// The plaintext of a sealed voiceprint: 1 byte version; 8 bytes net speech in nanoseconds; from version 2 on the line condition, 4
// bytes (float32) each for level, SNR and clipped share; 2 bytes length of the model's name, and the name; then the embedding, 4
// bytes (float32) a value. All numbers are little endian. A voiceprint without a known condition is written as version 1.
const (
	withoutCondition = 1
	withCondition    = 2
	conditionSize    = 3 * 4
	voiceprintHead   = 1 + 8 + 2 // of version 1
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
	b := make([]byte, 0, voiceprintHead+conditionSize+len(v.Model)+4*len(v.Embedding))
	if v.Condition == (timbre.Condition{}) {
		b = append(b, withoutCondition)
		b = binary.LittleEndian.AppendUint64(b, uint64(v.Net))
	} else {
		b = append(b, withCondition)
		b = binary.LittleEndian.AppendUint64(b, uint64(v.Net))
		b = appendFloats(b, v.Condition.Level, v.Condition.SNR, v.Condition.Clipped)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(v.Model)))
	b = append(b, v.Model...)
	return appendFloats(b, v.Embedding...), nil
}

func appendFloats(b []byte, floats ...float32) []byte {
	for _, x := range floats {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// readFloats reads two numbers at a time: a domain has very many.
func readFloats(to []float32, b []byte) {
	for ; len(to) >= 2 && len(b) >= 8; to, b = to[2:], b[8:] {
		two := binary.LittleEndian.Uint64(b)
		to[0], to[1] = math.Float32frombits(uint32(two)), math.Float32frombits(uint32(two>>32))
	}
	if len(to) > 0 {
		to[0] = math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
}

func decodeVoiceprint(b []byte) (v timbre.Voiceprint, err error) {
	return v, decodeInto(&v, b)
}

// decodeInto overwrites a voiceprint, and uses the memory that it has.
func decodeInto(v *timbre.Voiceprint, b []byte) error {
	if len(b) < voiceprintHead || b[0] != withoutCondition && b[0] != withCondition {
		return timbre.Errorf(timbre.Internal, "store", "the voiceprint has an unknown format")
	}
	rest := b[9:]
	v.Condition = timbre.Condition{}
	if b[0] == withCondition {
		if len(b) < voiceprintHead+conditionSize {
			return truncated(b)
		}
		var c [3]float32
		readFloats(c[:], rest)
		v.Condition = timbre.Condition{Level: c[0], SNR: c[1], Clipped: c[2]}
		rest = rest[conditionSize:]
	}
	name := int(binary.LittleEndian.Uint16(rest))
	rest = rest[2:]
	if len(rest) < name || (len(rest)-name)%4 != 0 {
		return truncated(b)
	}
	v.Net = time.Duration(binary.LittleEndian.Uint64(b[1:]))
	if v.Model != string(rest[:name]) {
		v.Model = string(rest[:name])
	}
	rest = rest[name:]
	if n := len(rest) / 4; v.Embedding == nil || cap(v.Embedding) < n {
		v.Embedding = make(timbre.Embedding, n)
	} else {
		v.Embedding = v.Embedding[:n]
	}
	readFloats(v.Embedding, rest)
	return nil
}

func truncated(b []byte) error {
	return timbre.Errorf(timbre.Internal, "store", "the voiceprints are truncated: %d bytes", len(b))
}
