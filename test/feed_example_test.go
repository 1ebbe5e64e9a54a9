package test

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/rtp/codec"
	"timbre/test/needs"
)

// The example in docs/feed.md runs as printed.
func TestDocumentedFeedExample(t *testing.T) {
	python, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "python"))
	must(t, err)
	needs.Program(t, python, "the tests' Python environment (make test makes it)")
	needs.That(t, exec.Command(python, "-c", "import websockets").Run() == nil, "the package websockets in the tests' Python environment")
	text, err := os.ReadFile(filepath.Join("..", "docs", "feed.md"))
	must(t, err)
	_, example, _ := strings.Cut(string(text), "```py\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("got no example in docs/feed.md, want a Python one")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook, n, h := startWithFeed(ctx, t)
	name := filepath.Join(t.TempDir(), "short.wav")
	pcm := codec.ULaw.Decode(nil, leg(t, "short_s2_caller"))
	must(t, os.WriteFile(name, wavFile(pcm[:2*timbre.SampleRate]), 0o600))
	out, err := exec.CommandContext(ctx, python, "-c", example, n.Feed+"/"+h.connector, name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	transaction := strings.TrimSpace(string(out))
	ended := hook.wait(ctx, t, "stream ended", of(transaction, timbre.StreamingEnded))
	if ended.Detail.CallID != "short.wav" || ended.Detail.IsCaller == nil || !*ended.Detail.IsCaller {
		t.Errorf("got %s, want the call short.wav with a caller", ended.Raw)
	}
}

// wavFile encodes PCM at 8 kHz as a 16-bit WAV file.
func wavFile(pcm []int16) []byte {
	le := binary.LittleEndian
	f := append([]byte("RIFF"), le.AppendUint32(nil, uint32(36+2*len(pcm)))...)
	f = le.AppendUint32(append(f, "WAVEfmt "...), 16)
	for _, v := range []uint16{1, 1} {
		f = le.AppendUint16(f, v)
	}
	f = le.AppendUint32(le.AppendUint32(f, 8000), 16000)
	f = le.AppendUint16(le.AppendUint16(f, 2), 16)
	f = le.AppendUint32(append(f, "data"...), uint32(2*len(pcm)))
	for _, s := range pcm {
		f = le.AppendUint16(f, uint16(s))
	}
	return f
}
