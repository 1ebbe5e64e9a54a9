package softphone

import (
	"timbre"
	"timbre/rtp/codec"
	"timbre/sip/phone"
)

// audio reads the audio of both parties and encodes it for the phone.
func (c Call) audio(cfg *phone.Config) error {
	caller, err := read(c.Caller)
	if err != nil {
		return err
	}
	var agent []int16
	if len(caller) > 1 {
		agent = caller[1]
	}
	if c.Agent != "" {
		if len(caller) > 1 {
			return timbre.Errorf(timbre.Invalid, "", "%s contains both parties: omit %s", c.Caller, c.Agent)
		}
		channels, err := read(c.Agent)
		if err != nil {
			return err
		}
		if len(channels) > 1 {
			return timbre.Errorf(timbre.Invalid, "", "%s has two channels, want one", c.Agent)
		}
		agent = channels[0]
	}
	law := codec.ULaw
	if c.ALaw {
		law = codec.ALaw
	}
	if c.Mixed {
		cfg.Caller.Audio = law.Encode(nil, mix(caller[0], agent))
		return nil
	}
	cfg.Caller.Audio, cfg.Callee.Audio = law.Encode(nil, caller[0]), law.Encode(nil, agent)
	return nil
}

func read(name string) ([][]int16, error) {
	channels, err := codec.ReadWAVFile(name)
	if err != nil {
		return nil, timbre.Errorf(timbre.KindOf(err), "", "%s: %w", name, err)
	}
	return channels, nil
}

// mix adds two channels and clips the sum to 16 bits.
func mix(a, b []int16) []int16 {
	if len(a) < len(b) {
		a, b = b, a
	}
	sum := append([]int16(nil), a...)
	for i, s := range b {
		sum[i] = int16(max(-32768, min(32767, int(a[i])+int(s))))
	}
	return sum
}
