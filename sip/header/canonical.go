package header

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxListed is how many values of a list may stand in one line.
const maxListed = 64

// listed are the headers whose values the SIP stack has to find one a line: it does not tell a comma in a quoted string from another one.
var listed = []string{"via", "contact", "route", "record-route"}

// Canonical is a message in which each value of a header that the SIP stack reads has a line of its own. It is the same message if that
// is so already. A head with control characters outside of folds and of escapes is an error: their reader may see other
// lines than the one that has let them pass.
func Canonical(message []byte) ([]byte, error) {
	var b []byte // nil while nothing has changed
	done := 0    // how much of the message is in b
	for at := 0; ; {
		line, next := logicalLine(message, at)
		if len(line) == 0 {
			break
		}
		if err := checkLine(line, at == 0); err != nil {
			return nil, err
		}
		if name, values := listOf(line); len(values) > 1 {
			if len(values) > maxListed || slices.Contains(values, "") {
				return nil, fmt.Errorf("a list of %d values, or an empty one", len(values))
			}
			b = append(b, message[done:at]...)
			for _, v := range values {
				b = append(b, name+": "+v+"\r\n"...)
			}
			done = next
		}
		at = next
	}
	if b == nil {
		return message, nil
	}
	return append(b, message[done:]...), nil
}

// logicalLine is the line at a place of a message with those that continue it, and where the next one begins. Empty: the head ends.
func logicalLine(message []byte, at int) (line []byte, next int) {
	for next = at; ; {
		end := bytes.Index(message[next:], []byte("\r\n"))
		if end < 0 {
			return message[at:], len(message)
		}
		line = message[at : next+end]
		next += end + 2
		if len(line) == 0 || next >= len(message) || message[next] != ' ' && message[next] != '\t' {
			return line, next
		}
	}
}

// checkLine checks the characters of a line.
func checkLine(line []byte, first bool) error {
	if name, _, ok := bytes.Cut(line, []byte(":")); ok && !first && !isToken(bytes.TrimRight(name, " \t")) {
		return fmt.Errorf("%.32q is no name of a header", name)
	}
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '\r' && bytes.HasPrefix(line[i:], []byte("\r\n")):
			i++ // a fold
		case c < ' ' && c != '\t' || c == 0x7f:
			return errors.New("a control character in a header line")
		}
	}
	return nil
}

// isToken is IsToken for bytes.
func isToken(text []byte) bool { return len(text) > 0 && !bytes.ContainsFunc(text, isNoToken) }

func isNoToken(c rune) bool {
	isLetter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !isLetter && (c < '0' || c > '9') && !strings.ContainsRune("-.!%*_+`'~", c)
}

// listOf are the values in a line that may have several, and the name of the header.
func listOf(line []byte) (name string, values []string) {
	before, after, ok := bytes.Cut(line, []byte(":"))
	if !ok || !bytes.ContainsRune(after, ',') {
		return "", nil
	}
	if name = string(bytes.TrimSpace(before)); !slices.Contains(listed, Name(name)) {
		return "", nil
	}
	return name, List(strings.ReplaceAll(string(after), "\r\n", " "))
}
