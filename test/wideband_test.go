package test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/rtp/codec"
	"timbre/test/needs"
)

// A caller enrolled from a G.711 call is identified in calls by baresip, at real time, that offer only a wideband codec.
func TestSpeakerIsRecognisedThroughAnyCodec(t *testing.T) {
	needs.Program(t, "baresip", "baresip (Debian's package baresip-core)")
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	enrolment := h.call(ctx, t, hook, n.SIP[0], "s1_enrol", timbre.IdentificationNoMatches)
	p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &enrolment})
	must(t, err)

	seen := map[string]bool{}
	tasks := map[string]string{}
	for codec, channels := range map[string]int{"G722": 1, "opus": 2} { // baresip sends Opus in stereo
		baresip(ctx, t, strings.TrimPrefix(n.SIP[0], "udp://"), h.connector, codec, channels, "s1_second_caller")
		e := hook.wait(ctx, t, codec+" started", func(e event) bool {
			return e.status() == timbre.StreamingStarted && strings.Contains(e.Detail.InviteHeaders["from"], codec) && !seen[e.Detail.TransactionID]
		})
		seen[e.Detail.TransactionID] = true
		s, err := h.voice.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
			VoiceConnectorId: &h.connector,
			TransactionId:    aws.String(e.Detail.TransactionID), VoiceProfileDomainId: &h.domain, CallLeg: "Caller",
		})
		must(t, err)
		tasks[codec] = *s.SpeakerSearchTask.SpeakerSearchTaskId
	}
	for codec, task := range tasks {
		e := hook.wait(ctx, t, codec+" identified", func(e event) bool { return e.Detail.TaskID == task && e.Detail.DetailStatus != timbre.AnalyticsReady })
		if e.Detail.DetailStatus != timbre.IdentificationSuccessful || e.Detail.SpeakerSearch.Results[0].VoiceProfileID != *p.VoiceProfile.VoiceProfileId {
			t.Errorf("%s: got %s, want a match of %s", codec, e.Raw, *p.VoiceProfile.VoiceProfileId)
		}
	}
}

// baresip calls a connector with a codec of one or two channels, and plays a leg of a demo call until the test ends.
func baresip(ctx context.Context, t *testing.T, server, connector, encoding string, channels int, name string) {
	t.Helper()
	folder := t.TempDir()
	wav := filepath.Join(folder, "audio.wav")
	write := func(name, text string) { must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)) }
	write("audio.wav", string(wideWAV(codec.ULaw.Decode(nil, leg(t, name)), channels)))
	write("contacts", "")
	write("accounts", "<sip:"+encoding+"@127.0.0.1>;regint=0\n")
	write("config", strings.Join([]string{
		"poll_method epoll", "sip_listen 127.0.0.1:0", "audio_player aubridge,nil", "audio_alert aubridge,nil", "audio_source aufile," + wav,
		"ausrc_srate 16000", "auplay_srate 16000", "rtp_ports 27000-27999", "module_path /usr/lib/baresip/modules",
		"module " + strings.ToLower(encoding) + ".so", "module aufile.so", "module aubridge.so", "module_tmp account.so", "module_app menu.so", "",
	}, "\n"))
	cmd := exec.CommandContext(ctx, "baresip", "-f", folder, "-e", "/dial sip:"+connector+"@"+server)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip: %s", out.String())
		}
	})
}

// wideWAV encodes audio at 8 kHz as a WAV file at 16 kHz, by linear interpolation, the same in each channel.
func wideWAV(pcm []int16, channels int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00"), uint16(channels))
	size := 2 * channels // bytes of one sample of all channels
	for _, n := range []int{2 * timbre.SampleRate, 2 * timbre.SampleRate * size, size | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), uint32(2*len(pcm)*size))
	for i, s := range pcm {
		mean := int16((int(s) + int(pcm[min(i+1, len(pcm)-1)])) / 2)
		for _, s := range []int16{s, mean} {
			for range channels {
				b = binary.LittleEndian.AppendUint16(b, uint16(s))
			}
		}
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}
