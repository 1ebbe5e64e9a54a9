package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/conformance"
)

// judge is `timbre conformance`.
type judge struct {
	URL             string         `arg:"" help:"Endpoint, such as http://127.0.0.1:8080."`
	AccessKeyID     string         `name:"access-key-id" help:"Access key that signs the requests; by default from the standard AWS settings."`
	SecretAccessKey string         `name:"secret-access-key" help:"Secret of the access key."`
	Region          string         `default:"us-east-1" help:"Region of the signatures."`
	SIP             string         `name:"sip" placeholder:"udp://HOST:PORT" help:"SIP address of the server. Without it, checks that need a call are skipped."`
	Speed           float64        `default:"4" help:"Speed of the call, as a multiple of real time."`
	Webhook         config.Webhook `placeholder:"NAME=URL#SECRET" help:"Webhook of the server, exactly as in its notify.webhooks; the suite listens on its URL. Without it, checks that need events are skipped. The server's notify.streaming should map EventBridge to it."`
	Account         string         `default:"000000000000" help:"Account of the server, for the ARN of the webhook."`
	Only            []string       `placeholder:"AREA,…" help:"Run only these areas: ${areas}."`
	JUnit           string         `name:"junit" placeholder:"FILE" help:"Write a JUnit report."`
	JSON            string         `name:"json" placeholder:"FILE" help:"Write the results as JSON."`
}

// Run prints one line per check and writes the reports. It fails if a check fails.
func (j judge) Run(ctx context.Context) error {
	cfg, err := j.config(ctx)
	if err != nil {
		return err
	}
	show := &verdicts{out: terminal.Of(os.Stdout, os.Getenv)}
	cfg.Tell = show.line
	report, err := conformance.Run(ctx, cfg)
	if err != nil {
		return err
	}
	show.summary(report)
	if err := j.write(report); err != nil {
		return err
	}
	if n := report.Count(conformance.Failed); n > 0 {
		return timbre.Errorf(timbre.Internal, "", "%d of %d checks failed", n, len(report.Results))
	}
	return nil
}

func (j judge) config(ctx context.Context) (conformance.Config, error) {
	cfg := conformance.Config{Endpoint: j.URL, Region: j.Region, SIP: j.SIP, Speed: j.Speed, Only: j.Only}
	if !strings.Contains(j.URL, "://") {
		cfg.Endpoint = "http://" + j.URL
	}
	if j.Webhook.Name != "" {
		_, host, _ := strings.Cut(j.Webhook.URL, "://")
		host, _, _ = strings.Cut(host, "/")
		cfg.Hook = &conformance.Hook{Listen: host, Secret: j.Webhook.Secret, ARN: "arn:timbre:webhook:" + j.Region + ":" + j.Account + ":" + j.Webhook.Name}
	}
	if j.AccessKeyID != "" {
		cfg.Credentials = credentials.NewStaticCredentialsProvider(j.AccessKeyID, j.SecretAccessKey, "")
	} else {
		chain, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(j.Region))
		if err != nil {
			return cfg, timbre.Errorf(timbre.Invalid, "", "the AWS settings cannot be read: %w", err)
		}
		cfg.Credentials = aws.NewCredentialsCache(chain.Credentials)
	}
	call, err := calls.Find("s1_enrol")
	if err != nil {
		return cfg, err
	}
	if cfg.Caller, err = call.Leg("caller"); err != nil {
		return cfg, err
	}
	cfg.Agent, err = call.Leg("agent")
	return cfg, err
}

func (j judge) write(report conformance.Report) error {
	if j.JSON != "" {
		text, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(j.JSON, append(text, '\n'), 0o600); err != nil {
			return timbre.Errorf(timbre.Invalid, "", "--json: %w", err)
		}
	}
	if j.JUnit == "" {
		return nil
	}
	f, err := os.OpenFile(j.JUnit, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "--junit: %w", err)
	}
	if err := report.JUnit(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// verdicts are results as lines of text, under the heading of their area.
type verdicts struct {
	out  terminal.Output
	area string
}

func (v *verdicts) line(r conformance.Result) {
	if r.Area != v.area {
		v.area = r.Area
		fmt.Fprintf(v.out, "\n%s\n", v.out.Paint(terminal.Bold, r.Area))
	}
	style := map[conformance.Outcome]string{conformance.Passed: terminal.Green, conformance.Failed: terminal.Red}[r.Outcome]
	if style == "" {
		style = terminal.Dim
	}
	fmt.Fprintf(v.out, "  %s %s\n", v.out.Paint(style, fmt.Sprintf("%-10s", r.Outcome)), r.Check)
	for _, reason := range strings.Split(r.Reason, "\n") {
		if reason != "" && !strings.Contains(reason, "does not support the operation") { // its outcome has said that
			fmt.Fprintf(v.out, "             %s\n", reason)
		}
	}
}

func (v *verdicts) summary(r conformance.Report) {
	fmt.Fprintf(v.out, "\n%d checks in %.1f seconds: %d passed, %d failed, %d not served, %d skipped\n", len(r.Results), r.Seconds,
		r.Count(conformance.Passed), r.Count(conformance.Failed), r.Count(conformance.NotServed), r.Count(conformance.Skipped))
}
