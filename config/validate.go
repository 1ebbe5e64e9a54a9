package config

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"timbre"
)

var (
	account = regexp.MustCompile(`^[0-9]{12}$`)
	region  = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	keyID   = regexp.MustCompile(`^[A-Za-z0-9_]{4,128}$`)
	token   = regexp.MustCompile("^[-A-Za-z0-9.!%*_+`'~]{1,128}$")
	number  = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
)

const (
	maxRecordDays   = 36500
	minTrunkSilence = 30 * time.Second // shorter pauses are common in calls
)

// targets are the notification targets of a connector's streaming configuration.
var targets = []string{"EventBridge", "SQS", "SNS"}

// Validate returns an error of one sentence for values that their types permit and the server does not, alone or together.
// Kong calls it; call it for settings that were not read by kong.
func (s *Settings) Validate() error {
	for _, check := range []func() error{
		s.validateFolders, s.validateAccount, s.validateTLS, s.validateListeners, s.validateAnalysis, s.validateNetwork,
		s.validateQuotas, s.validateLegs, s.validateNumbers, s.Notify.validate,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) validateFolders() error {
	switch {
	case s.Data == "":
		return fmt.Errorf("data is not the path of a folder")
	case s.Logs == "":
		return fmt.Errorf("logs is not the path of a folder")
	case s.Records < 0 || s.Records > maxRecordDays:
		return fmt.Errorf("records %d is not a number of days from 0 to %d", s.Records, maxRecordDays)
	case !strings.HasPrefix(s.Store.URL, "sqlite:") || s.Database() == ".":
		return fmt.Errorf("store.url %q is not sqlite:FILE", s.Store.URL)
	}
	return nil
}

func (s *Settings) validateAccount() error {
	switch {
	case !account.MatchString(s.Account):
		return fmt.Errorf("account %q is not 12 digits", s.Account)
	case !region.MatchString(s.Region):
		return fmt.Errorf("region %q is not 1 to 32 lower-case letters, digits and hyphens", s.Region)
	case (s.AccessKeyID == "") != (s.SecretAccessKey == ""):
		return fmt.Errorf("access_key_id and secret_access_key must be given together")
	case s.AccessKeyID != "" && !keyID.MatchString(s.AccessKeyID):
		return fmt.Errorf("access_key_id %q is not 4 to 128 letters, digits and underscores", s.AccessKeyID)
	}
	return nil
}

func (s *Settings) validateTLS() error {
	for section, files := range map[string]TLS{"api": s.API.TLS, "feed": s.Feed.TLS, "sip": s.SIP.TLS} {
		if (files.Cert == "") != (files.Key == "") {
			return fmt.Errorf("%s.tls.cert and %s.tls.key must be given together", section, section)
		}
	}
	return nil
}

func (s *Settings) validateListeners() error {
	switch {
	case len(s.SIP.Listen) == 0:
		return fmt.Errorf("sip.listen has no address")
	case s.SIP.TLS.Cert == "" && slices.ContainsFunc(s.SIP.Listen, func(e Endpoint) bool { return e.Network == "tls" }):
		return fmt.Errorf("sip.listen has a tls:// address, which needs sip.tls.cert and sip.tls.key")
	case s.API.Listen == s.Admin.Listen && !strings.HasSuffix(string(s.API.Listen), ":0"):
		return fmt.Errorf("api.listen and admin.listen are both %s", s.API.Listen)
	}
	return nil
}

func (s *Settings) validateAnalysis() error {
	switch {
	case !timbre.ValidThreshold(s.Search.Threshold):
		return fmt.Errorf("search.threshold %v is not above 0 and below 1", s.Search.Threshold)
	case s.Trunk.Silence != 0 && s.Trunk.Silence < minTrunkSilence:
		return fmt.Errorf("trunk.silence %v is less than %v, a common pause in a call", s.Trunk.Silence, minTrunkSilence)
	case s.Infer.Threads < 0:
		return fmt.Errorf("infer.threads %d is less than 0", s.Infer.Threads)
	}
	return nil
}

func (s *Settings) validateLegs() error {
	if s.Legs.CallerHeader != "" && !token.MatchString(s.Legs.CallerHeader) {
		return fmt.Errorf("legs.caller_header %q is not the name of a header", s.Legs.CallerHeader)
	}
	for _, p := range s.Legs.Caller {
		if _, err := path.Match(p, ""); err != nil || p == "" {
			return fmt.Errorf("legs.caller: %q is not a pattern such as +1206*", p)
		}
	}
	return nil
}

func (s *Settings) validateNumbers() error {
	for i, n := range s.Numbers {
		if !number.MatchString(n) {
			return fmt.Errorf("numbers: %q is not a phone number such as +12065550100", n)
		}
		if slices.Contains(s.Numbers[:i], n) {
			return fmt.Errorf("numbers has %s twice", n)
		}
	}
	return nil
}

func (n Notify) validate() error {
	names := map[string]bool{}
	for _, w := range n.Webhooks {
		if names[w.Name] {
			return fmt.Errorf("notify.webhooks has two webhooks named %s", w.Name)
		}
		names[w.Name] = true
	}
	for target, destination := range n.Streaming {
		switch {
		case !slices.Contains(targets, target):
			return fmt.Errorf("notify.streaming: %q is not one of %s", target, strings.Join(targets, ", "))
		case names[destination], strings.HasPrefix(destination, "http://"), strings.HasPrefix(destination, "https://"),
			strings.HasPrefix(destination, "arn:timbre:webhook:"), strings.HasPrefix(destination, "arn:aws:sqs:"):
		default:
			return fmt.Errorf("notify.streaming: %s=%s is not the URL or ARN of a queue or the name of a webhook", target, destination)
		}
	}
	return nil
}

// WebhookARN returns the ARN by which a sink names a webhook.
func (s Settings) WebhookARN(name string) string {
	return fmt.Sprintf("arn:timbre:webhook:%s:%s:%s", s.Region, s.Account, name)
}

// StreamingTargets returns notify.streaming with the ARNs of webhooks in destination of their names.
func (s Settings) StreamingTargets() map[string]string {
	all := map[string]string{}
	for target, destination := range s.Notify.Streaming {
		if webhookName.MatchString(destination) {
			destination = s.WebhookARN(destination)
		}
		all[target] = destination
	}
	return all
}

// Database returns the path of the SQLite database.
func (s Settings) Database() string {
	return filepath.Clean(strings.TrimPrefix(s.storeURL(), "sqlite:"))
}

// LogFolder returns the folder of call records and connector logs.
func (s Settings) LogFolder() string {
	if rest, ok := strings.CutPrefix(s.Logs, "DATA/"); ok {
		return filepath.Join(s.Data, rest)
	}
	return s.Logs
}

func (s Settings) storeURL() string {
	if rest, ok := strings.CutPrefix(s.Store.URL, "sqlite:DATA/"); ok {
		return "sqlite:" + filepath.Join(s.Data, rest)
	}
	return s.Store.URL
}
