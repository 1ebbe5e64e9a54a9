// Package ffmpeg runs ffmpeg on audio of one channel and 16 bits a sample.
package ffmpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
)

// raw is the format of samples without a header.
func raw(rate int) []string { return []string{"-f", "s16le", "-ar", strconv.Itoa(rate), "-ac", "1"} }

// Read decodes a file at a sample rate.
func Read(file string, rate int) ([]int16, error) {
	out, err := run(nil, slices.Concat([]string{"-i", file}, raw(rate), []string{"-"}))
	return samples(out), err
}

// Transcode sends audio at 8 kHz through a codec: the arguments of its encoder, and the name of the format that its output is in.
func Transcode(pcm []int16, format string, encoder ...string) ([]int16, error) {
	encoded, err := run(pcm, slices.Concat(raw(8000), []string{"-i", "-"}, encoder, []string{"-f", format, "-"}))
	if err != nil {
		return nil, err
	}
	out, err := runBytes(encoded, slices.Concat([]string{"-f", format, "-i", "-"}, raw(8000), []string{"-"}))
	return samples(out), err
}

func run(pcm []int16, arguments []string) ([]byte, error) {
	in := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		in = binary.LittleEndian.AppendUint16(in, uint16(s))
	}
	return runBytes(in, arguments)
}

func runBytes(in []byte, arguments []string) ([]byte, error) {
	var reason bytes.Buffer
	cmd := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin"}, arguments...)...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &reason
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ffmpeg %v: %w: %s", arguments, err, reason.String())
	}
	return out, nil
}

func samples(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}
