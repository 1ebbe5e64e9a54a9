package trunk

import (
	"strings"
)

// A description never has fewer m-lines than the one before it (RFC 3264, 8), nor an answer than its offer (6). Peers that leave out what
// they have switched off are understood, and the other end is shown what the RFC demands.

// mediaLines are the m-lines of a description.
func mediaLines(raw []byte) []string {
	var all []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "m=") {
			all = append(all, line)
		}
	}
	return all
}

// padded is a description with the m-lines of another that it lacks, switched off.
func padded(raw, like []byte) []byte {
	have, want := len(mediaLines(raw)), mediaLines(like)
	if have >= len(want) {
		return raw
	}
	text := strings.TrimRight(string(raw), "\r\n") + "\r\n"
	for _, line := range want[have:] {
		if fields := strings.Fields(line); len(fields) > 3 {
			fields[1] = "0"
			text += strings.Join(fields, " ") + "\r\n"
		}
	}
	return []byte(text)
}

// shortened is a description without the m-lines after the first n.
func shortened(raw []byte, n int) []byte {
	at := 0
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "m=") {
			if n--; n < 0 {
				return raw[:at]
			}
		}
		at += len(line)
	}
	return raw
}
