package codec

import "encoding/binary"

const (
	// contrast is how many times rougher audio must be in the wrong byte order to tell which one is right.
	contrast = 2
	// conviction is how many pieces that speak for the other order it takes at most to change it.
	conviction = 10
)

// byteOrder finds the byte order of 16-bit linear PCM from the audio: RFC 3551 says big-endian, some platforms send little-endian, and
// none says which. In the wrong order voices are noise, whose samples differ far more from one to the next.
type byteOrder struct{ little int } // pieces that spoke for little-endian more than for the other

// eitherEndian decodes 16-bit linear PCM in the order that the pieces so far speak for; big-endian before any does.
func eitherEndian() toPCM {
	var o byteOrder
	return func(dst []int16, payload []byte) []int16 { return linear16(dst, payload, o.of(payload)) }
}

// of is the order of the next piece.
func (o *byteOrder) of(payload []byte) binary.ByteOrder {
	little, big := roughness(payload, binary.LittleEndian), roughness(payload, binary.BigEndian)
	switch {
	case contrast*little < big:
		o.little = min(o.little+1, conviction)
	case contrast*big < little:
		o.little = max(o.little-1, -conviction)
	}
	if o.little > 0 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// roughness is the sum of the differences between neighbours.
func roughness(payload []byte, order binary.ByteOrder) (sum int) {
	for i := 2; i+1 < len(payload); i += 2 {
		d := int(int16(order.Uint16(payload[i:]))) - int(int16(order.Uint16(payload[i-2:])))
		sum += max(d, -d)
	}
	return sum
}
