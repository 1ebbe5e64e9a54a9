package check

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/prometheus/client_golang/prometheus"

	"timbre/config"
	"timbre/node"
)

// trial is a server for some seconds, in a temporary folder.
type trial struct {
	node    *node.Node
	metrics kept
	folder  string
	end     context.CancelFunc
	ended   chan error

	api               *voice.Client
	connector, domain string // their ids
}

// begin starts a server with the models and the rules of the settings, and makes what calls need there.
func begin(ctx context.Context, m machine) (_ *trial, err error) {
	t := &trial{metrics: kept{prometheus.NewRegistry()}, ended: make(chan error, 1)}
	if t.folder, err = os.MkdirTemp("", "timbre-check-"); err != nil {
		return nil, err
	}
	env := m.env
	env.Metrics = t.metrics // which outlive it
	if err = lend(m.Settings.Data, t.folder); err == nil {
		t.node, err = node.New(ctx, env, trialSettings(m.Settings, t.folder))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(t.folder))
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	t.end = end
	go func() { t.ended <- t.node.Run(running) }()
	if err = t.setUp(ctx); err != nil {
		return nil, errors.Join(err, t.finish())
	}
	return t, nil
}

// trialSettings are those by which an analysis costs what it will, with ports of its own on loopback.
func trialSettings(s config.Settings, folder string) config.Settings {
	own := config.Defaults()
	own.Data, own.Records, own.Analytics = folder, 0, "always"
	own.API.Listen, own.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	own.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
	own.RTP.Ports = s.RTP.Ports
	own.Models, own.Infer, own.Speech, own.Tone, own.Search = s.Models, s.Infer, s.Speech, s.Tone, s.Search
	own.Voiceprint, own.Spoof = s.Voiceprint, s.Spoof
	return own
}

// lend links what models a data folder has into another one.
func lend(data, folder string) error {
	for _, name := range []string{"models", "calibration"} {
		from, err := filepath.Abs(filepath.Join(data, name))
		if err != nil {
			return err
		}
		if _, err := os.Stat(from); err != nil {
			continue
		}
		if err := os.Symlink(from, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// setUp makes a connector that takes calls of this machine, and a domain.
func (t *trial) setUp(ctx context.Context) error {
	secret, _ := t.node.Credentials.Secret(t.node.Credentials.ID)
	t.api = voice.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + t.node.API),
		Credentials: credentials.NewStaticCredentialsProvider(t.node.Credentials.ID, secret, ""),
	})
	c, err := t.api.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("check"), RequireEncryption: aws.Bool(false)})
	if err != nil {
		return err
	}
	t.connector = aws.ToString(c.VoiceConnector.VoiceConnectorId)
	_, err = t.api.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &t.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"127.0.0.0/8"}},
	})
	if err != nil {
		return err
	}
	d, err := t.api.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
		Name: aws.String("check"),
		ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{
			KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/check"),
		},
	})
	if err != nil {
		return err
	}
	t.domain = aws.ToString(d.VoiceProfileDomain.VoiceProfileDomainId)
	return nil
}

// finish ends the server once all that its calls need is done, and removes its folder.
func (t *trial) finish() error {
	defer t.end()
	t.node.Drain()
	return errors.Join(<-t.ended, os.RemoveAll(t.folder))
}

// kept are metrics that can still be read when their server has ended.
type kept struct{ *prometheus.Registry }

// Unregister implements prometheus.Registerer.
func (kept) Unregister(prometheus.Collector) bool { return false }

// skipped reports whether work of so many calls was left undone, because there was no time for it.
func (t *trial) skipped(calls int) bool {
	families, _ := t.metrics.Gather() // what a server that has ended cannot count is left out
	named := 0
	for _, f := range families {
		for _, m := range f.GetMetric() {
			switch {
			case f.GetName() == "timbre_task_skipped_tones_total" || f.GetName() == "timbre_vad_frames_lost_total":
				if m.GetCounter().GetValue() > 0 {
					return true
				}
			case f.GetName() == "timbre_task_result_delay_seconds" && m.GetLabel()[0].GetValue() == "identification":
				named = int(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return named < calls
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
