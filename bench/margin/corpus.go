package main

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"timbre"
	"timbre/rtp/codec"
)

// speaker is a speaker of a corpus: utterances at 8 kHz, the oldest first where their time is known.
type speaker struct {
	name, corpus string
	utterances   [][]int16
	wide         []int16 // the first seconds at 16 kHz
}

// readCorpus reads the development speakers below dir: index.json and one Opus file a speaker, which opusdec decodes.
func readCorpus(dir string) ([]speaker, error) {
	text, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		return nil, err
	}
	var index map[string]struct {
		Corpus, Part, File string
		Utterances         [][]int64 // start and length in samples at 16 kHz, and for some the time of recording
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, err
	}
	var all []speaker
	for name, s := range index {
		if s.Part != "dev" {
			continue
		}
		slices.SortStableFunc(s.Utterances, func(a, b []int64) int { return cmp.Compare(recorded(a), recorded(b)) })
		wide, err := decode(filepath.Join(dir, s.File))
		if err != nil {
			return nil, err
		}
		pcm := codec.Halve(wide)
		person := speaker{name: name, corpus: s.Corpus, wide: wide[:min(len(wide), 2*timbre.Samples(testing))]}
		for _, u := range s.Utterances {
			from, to := u[0]/2, min((u[0]+u[1])/2, int64(len(pcm)))
			person.utterances = append(person.utterances, pcm[from:to])
		}
		all = append(all, person)
	}
	slices.SortFunc(all, func(a, b speaker) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

func recorded(u []int64) int64 {
	if len(u) > 2 {
		return u[2]
	}
	return 0
}

// decode decodes an Opus file to 16 kHz.
func decode(file string) ([]int16, error) {
	raw, err := exec.Command("opusdec", "--quiet", "--rate", "16000", file, "-").Output() // 16-bit samples, no header
	if err != nil {
		return nil, fmt.Errorf("opusdec %s: %w (Debian's opus-tools has it)", file, err)
	}
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return pcm, nil
}
