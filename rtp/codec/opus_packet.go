package codec

const (
	shortestOpus = 20  // samples at 8 kHz: 2.5 ms
	longestOpus  = 960 // 120 ms
)

// OpusSamples is how much audio an Opus packet holds, in samples at 8 kHz, by its first two bytes (RFC 6716, section 3).
// 0: it is not an Opus packet, or claims more than 120 ms.
func OpusSamples(packet []byte) int {
	frames := 0
	switch {
	case len(packet) == 0:
		return 0
	case packet[0]&3 == 0:
		frames = 1
	case packet[0]&3 < 3:
		frames = 2
	case len(packet) > 1:
		frames = int(packet[1] & 0x3F)
	}
	if n := frames * opusFrame(packet[0]); n <= longestOpus {
		return n
	}
	return 0
}

// opusFrame is the length of a frame, in samples at 8 kHz, by the TOC byte of its packet.
func opusFrame(first byte) int {
	switch config := first >> 3; {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [...]int{80, 160, 320, 480}[config&3]
	case config < 16: // SILK and CELT: 10, 20 ms
		return [...]int{80, 160}[config&1]
	default: // CELT: 2.5, 5, 10, 20 ms
		return [...]int{20, 40, 80, 160}[config&3]
	}
}

// opusFECSamples is how much of the audio right before a packet the packet carries a copy of, at 8 kHz: one frame if the LBRR flags
// of its first frame are set (RFC 6716, section 4.2.3), else none.
func opusFECSamples(packet []byte) int {
	if OpusSamples(packet) == 0 || packet[0] >= 0x80 { // CELT has no FEC
		return 0
	}
	n := opusFrame(packet[0])
	body := opusBody(packet)
	if len(body) == 0 {
		return 0
	}
	channel := max(1, n/160) + 1 // bits a channel: a VAD flag for each 20 ms, then the LBRR flag
	spare := body[0]>>(8-channel)&1 == 1
	if packet[0]&4 != 0 {
		spare = spare || body[0]>>(8-2*channel)&1 == 1
	}
	if !spare {
		return 0
	}
	return n
}

// opusBody is the packet after the lengths of its frames.
func opusBody(packet []byte) []byte {
	switch packet[0] & 3 {
	case 0, 1:
		return packet[1:]
	case 2:
		return skipLength(packet[1:])
	}
	frames, rest := int(packet[1]&0x3F), packet[2:]
	if packet[1]&0x40 != 0 { // padding
		for more := true; more && len(rest) > 0; rest = rest[1:] {
			more = rest[0] == 255
		}
	}
	if packet[1]&0x80 != 0 { // the length of each frame but the last
		for range frames - 1 {
			rest = skipLength(rest)
		}
	}
	return rest
}

// skipLength skips the length of a frame.
func skipLength(b []byte) []byte {
	switch {
	case len(b) > 0 && b[0] < 252:
		return b[1:]
	case len(b) > 1:
		return b[2:]
	}
	return nil
}
