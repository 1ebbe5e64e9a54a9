// Package corpus reads recorded speech that benchmarks measure with: a folder with index.json and one Opus file a speaker. ffmpeg
// decodes them.
package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"timbre"
	"timbre/bench/ffmpeg"
	"timbre/rtp/codec"
)

// WideLength is how much of a speaker is kept at 16 kHz.
const WideLength = 10 * time.Second

// Speaker is a speaker of a corpus: utterances at 8 kHz, the oldest first where their time is known.
type Speaker struct {
	Name, Corpus string
	Utterances   [][]int16
	Recorded     []time.Time // of each utterance; the epoch if that is not known
	Wide         []int16     // the first seconds at 16 kHz
}

// Read reads the speakers of a part, such as dev, below dir.
func Read(dir, part string) ([]Speaker, error) {
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
	var all []Speaker
	for name, s := range index {
		if s.Part != part {
			continue
		}
		slices.SortStableFunc(s.Utterances, func(a, b []int64) int { return cmp.Compare(recorded(a), recorded(b)) })
		wide, err := ffmpeg.Read(filepath.Join(dir, s.File), 2*timbre.SampleRate)
		if err != nil {
			return nil, err
		}
		pcm := codec.Halve(wide)
		person := Speaker{Name: name, Corpus: s.Corpus, Wide: slices.Clone(wide[:min(len(wide), 2*timbre.Samples(WideLength))])}
		for _, u := range s.Utterances {
			from, to := u[0]/2, min((u[0]+u[1])/2, int64(len(pcm)))
			person.Utterances = append(person.Utterances, pcm[from:to])
			person.Recorded = append(person.Recorded, time.UnixMilli(recorded(u)))
		}
		all = append(all, person)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no speakers of part %q", dir, part)
	}
	slices.SortFunc(all, func(a, b Speaker) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

func recorded(u []int64) int64 {
	if len(u) > 2 {
		return u[2]
	}
	return 0
}

// SplitOff splits off utterances of at least a length, or all.
func SplitOff(utterances [][]int16, length time.Duration) (some, rest [][]int16) {
	var sum time.Duration
	for i, u := range utterances {
		if sum += timbre.Duration(len(u)); sum >= length {
			return utterances[:i+1], utterances[i+1:]
		}
	}
	return utterances, nil
}
