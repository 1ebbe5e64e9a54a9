package words

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"timbre"
)

// vocabulary is the text of each token, by its number.
type vocabulary [][]byte

// maxTokens bounds the vocabulary: Whisper's have 50,000 tokens.
const maxTokens = 1 << 18

// parseTokens reads tokens.txt as sherpa-onnx publishes it: the text in base64 and the number, a token a line.
func parseTokens(document []byte) (vocabulary, error) {
	const op = "words.parseTokens"
	v := make(vocabulary, bytes.Count(document, []byte("\n"))+1)
	for line := range bytes.Lines(document) {
		fields := bytes.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, timbre.Errorf(timbre.Invalid, op, "tokens.txt: %q is not a token and its number", line)
		}
		n, err := strconv.Atoi(string(fields[1]))
		if err != nil || n < 0 || n >= len(v) || n >= maxTokens {
			return nil, timbre.Errorf(timbre.Invalid, op, "tokens.txt: %q is not the number of a token", fields[1])
		}
		if v[n], err = base64.StdEncoding.AppendDecode(nil, fields[0]); err != nil {
			return nil, timbre.Errorf(timbre.Invalid, op, "tokens.txt: token %d is not in base64", n)
		}
	}
	return v, nil
}

// text joins tokens. What is no token of the vocabulary is no text.
func (v vocabulary) text(tokens []int64) string {
	var b []byte
	for _, t := range tokens {
		if t < int64(len(v)) {
			b = append(b, v[t]...)
		}
	}
	return string(b)
}
