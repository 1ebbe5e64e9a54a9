package store

import (
	"encoding/binary"
	"math"
	"time"

	"timbre"
)

// The plaintext of a sealed block, which is the voiceprints of many profiles: 1 byte version; then for each profile 2 bytes length of its
// id, and the id; 8 bytes the time of its expiry in nanoseconds since 1970; 4 bytes length of the voiceprint, and the voiceprint in the
// form that it has by itself. All numbers are little endian.
const (
	blockVersion = 1
	entryHead    = 2 + 8 + 4
)

// SealBlock encrypts ID, Expires and Voiceprint of profiles under a wrapped data key for the block of that name.
func SealBlock(s Sealer, wrapped []byte, name string, profiles []timbre.Profile) ([]byte, error) {
	plain, err := encodeBlock(profiles)
	defer clear(plain)
	if err != nil {
		return nil, err
	}
	return s.Seal(wrapped, name, plain)
}

func encodeBlock(profiles []timbre.Profile) ([]byte, error) {
	size := 1
	for _, p := range profiles {
		size += entryHead + len(p.ID) + voiceprintHead + conditionSize + len(p.Voiceprint.Model) + 4*len(p.Voiceprint.Embedding)
	}
	b := append(make([]byte, 0, size), blockVersion)
	for _, p := range profiles {
		v, err := encodeVoiceprint(p.Voiceprint)
		if err != nil {
			return b, err
		}
		if len(p.ID) > math.MaxUint16 {
			return b, timbre.Errorf(timbre.Internal, "store", "the id of a profile is too long: %d bytes", len(p.ID))
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(len(p.ID)))
		b = append(b, p.ID...)
		b = binary.LittleEndian.AppendUint64(b, uint64(p.Expires.UnixNano()))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
		clear(v)
	}
	return b, nil
}

// DecodeBlock hands over the profiles of what SealBlock encrypted, one after the other: ID, Expires and Voiceprint, whose embedding is
// overwritten by the next.
func DecodeBlock(plain []byte, put func(timbre.Profile)) error {
	if len(plain) == 0 || plain[0] != blockVersion {
		return timbre.Errorf(timbre.Internal, "store", "the block has an unknown format")
	}
	var v timbre.Voiceprint
	defer func() { clear(v.Embedding[:cap(v.Embedding)]) }()
	for rest := plain[1:]; len(rest) > 0; {
		id, ok := cut(&rest, 2)
		if !ok || len(rest) < 8 {
			return truncated(plain)
		}
		expires := int64(binary.LittleEndian.Uint64(rest))
		rest = rest[8:]
		encoded, ok := cut(&rest, 4)
		if !ok {
			return truncated(plain)
		}
		if err := decodeInto(&v, encoded); err != nil {
			return err
		}
		put(timbre.Profile{ID: string(id), Expires: time.Unix(0, expires).UTC(), Voiceprint: v})
	}
	return nil
}

// cut takes bytes from the beginning of rest, before which their length stands in a number of so many bytes.
func cut(rest *[]byte, number int) (b []byte, ok bool) {
	if len(*rest) < number {
		return nil, false
	}
	var length [4]byte
	copy(length[:], (*rest)[:number])
	n := int(binary.LittleEndian.Uint32(length[:]))
	if n > len(*rest)-number {
		return nil, false
	}
	b, *rest = (*rest)[number:number+n], (*rest)[number+n:]
	return b, true
}
