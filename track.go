package timbre

import "time"

// Piece is contiguous audio of one party that comes without RTP. Without a time stamp it follows the piece before.
type Piece struct {
	At       time.Duration // by the sender's clock, which may begin anywhere
	Timed    bool          // At is known
	Number   uint16        // its place in the order of the party's pieces, modulo 65536
	Numbered bool          // Number is known
	Payload  []byte
}

// Track decodes the pieces of one party to frames, which go to a listener. One goroutine uses it at a time.
type Track interface {
	// Add takes the next piece that has come, and returns how much audio it holds. False: it is late, a duplicate or cannot be read,
	// and is not heard.
	Add(p Piece) (audio time.Duration, heard bool)
	// Flush delivers what is buffered.
	Flush()
}

// TrackMaker makes tracks.
type TrackMaker interface {
	Track(c Codec, to Listener) Track
}
