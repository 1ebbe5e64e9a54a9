package softphone

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/rtp/codec"
	"timbre/sip/phone"
)

// wav writes 16-bit PCM channels to a file, 8 kHz.
func wav(t *testing.T, channels ...[]int16) string {
	var data bytes.Buffer
	for i := range channels[0] {
		for _, c := range channels {
			_ = binary.Write(&data, binary.LittleEndian, c[i])
		}
	}
	n := uint16(len(channels))
	var f bytes.Buffer
	f.WriteString("RIFF")
	_ = binary.Write(&f, binary.LittleEndian, uint32(36+data.Len()))
	f.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), n, uint32(8000), uint32(16000) * uint32(n), 2 * n, uint16(16)} {
		_ = binary.Write(&f, binary.LittleEndian, v)
	}
	f.WriteString("data")
	_ = binary.Write(&f, binary.LittleEndian, uint32(data.Len()))
	f.Write(data.Bytes())
	name := filepath.Join(t.TempDir(), "voice.wav")
	if err := os.WriteFile(name, f.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFilesBecomeTheAudioOfTheCall(t *testing.T) {
	one, two := []int16{0, 1000, 32000}, []int16{0, 500, 32000}
	for name, c := range map[string]struct {
		call          Call
		caller, agent []int16
		law           codec.Law
	}{
		"caller alone":   {Call{Caller: wav(t, one)}, one, nil, codec.ULaw},
		"two files":      {Call{Caller: wav(t, one), Agent: wav(t, two)}, one, two, codec.ULaw},
		"two channels":   {Call{Caller: wav(t, one, two)}, one, two, codec.ULaw},
		"A-law":          {Call{Caller: wav(t, one), ALaw: true}, one, nil, codec.ALaw},
		"mixed and loud": {Call{Caller: wav(t, one), Agent: wav(t, two), Mixed: true}, []int16{0, 1500, 32767}, nil, codec.ULaw},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := c.call.config()
			caller, agent := c.law.Encode(nil, c.caller), c.law.Encode(nil, c.agent)
			if err != nil || !bytes.Equal(cfg.Caller.Audio, caller) || !bytes.Equal(cfg.Callee.Audio, agent) {
				t.Errorf("got %v, %v, %v, want %v, %v", cfg.Caller.Audio, cfg.Callee.Audio, err, caller, agent)
			}
			if (cfg.PayloadType == phone.ALaw) != c.call.ALaw {
				t.Errorf("got payload type %d, want A-law %v", cfg.PayloadType, c.call.ALaw)
			}
		})
	}
}

func TestFlagsConfigureTheCall(t *testing.T) {
	c := Call{
		Caller: wav(t, []int16{0}), Server: "127.0.0.1:5070", Transport: "tcp", Connector: "abcdef1ghij2klmno3pqr4",
		From: "sip:+1206@example.com", To: "+1360", Plain: true,
	}
	cfg, err := c.config()
	if err != nil || cfg.Server != "tcp://127.0.0.1:5070" || cfg.RequestURI != "sip:+1360@abcdef1ghij2klmno3pqr4.voiceconnector.local" ||
		cfg.Metadata || cfg.Caller.AOR != "sip:+1206@phone.invalid" {
		t.Errorf("%+v %v", cfg, err)
	}
}

func TestFlagsEncryptTheCall(t *testing.T) {
	c := Call{Caller: wav(t, []int16{0}), Server: "tls://127.0.0.1:5061", SRTP: true}
	cfg, err := c.config()
	if err != nil || cfg.Server != c.Server || len(cfg.Suites) == 0 || cfg.TLS != nil {
		t.Errorf("%+v %v", cfg, err)
	}
	c.CA = c.Caller
	if _, err := c.config(); err == nil || !strings.Contains(err.Error(), "contains no certificate") {
		t.Error(err)
	}
}

func TestCallThatCannotStartSaysWhy(t *testing.T) {
	text := filepath.Join(t.TempDir(), "note.wav")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	good, both := wav(t, []int16{0}), wav(t, []int16{0}, []int16{0})
	for want, c := range map[string]Call{
		"note.wav":            {Caller: text},
		"no such file":        {Caller: good, Agent: good + "x"},
		"both parties":        {Caller: both, Agent: good},
		"two channels":        {Caller: good, Agent: both},
		"--wait -1s":          {Caller: good, Wait: -1e9},
		"INVITE to tcp://127": {Caller: good, Server: "tcp://127.0.0.1:1"},
	} {
		t.Run(want, func(t *testing.T) {
			var out strings.Builder
			err := c.Do(t.Context(), &out, terminal.Output{Writer: &out})
			if err == nil || !strings.Contains(err.Error(), want) || timbre.KindOf(err) == timbre.Internal {
				t.Errorf("got error %v, want %q", err, want)
			}
		})
	}
}
