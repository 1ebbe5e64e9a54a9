package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// checks are what Validate demands, in this order: first of each value, then of values together.
var checks = []func(*Settings) error{
	checkValues,
	checkAccessKey,
	checkCertificates,
	checkListeners,
	checkPlainAPI,
	checkOIDC,
	checkStore,
	checkAddresses,
	checkNumbers,
	checkQuotas,
	checkWebhooks,
	checkFiles,
	checkKafka,
	checkNATS,
	checkStreaming,
}

// Validate returns, in one sentence, the first fault of the settings that their types let pass. Kong calls it after parsing.
// Call it on settings that are not parsed.
func (s *Settings) Validate() error {
	for _, check := range checks {
		if err := check(s); err != nil {
			return s.located(err)
		}
	}
	return nil
}

// located adds where the setting was given that a fault names first.
func (s *Settings) located(fault error) error {
	for _, word := range notInKey.Split(fault.Error(), -1) {
		if o, given := s.origins[strings.Trim(word, ".")]; given {
			return fmt.Errorf("%w (in %s)", fault, o.Name)
		}
	}
	return fault
}

// notInKey is what separates the names of settings in a sentence.
var notInKey = regexp.MustCompile(`[^a-z0-9_.]+`)

// together refuses one of two settings without the other.
func together(keyA, a, keyB, b string) error {
	if (a == "") != (b == "") {
		return fmt.Errorf("%s and %s must be given together", keyA, keyB)
	}
	return nil
}

func checkAccessKey(s *Settings) error {
	return together("access_key_id", s.AccessKeyID, "secret_access_key", s.SecretAccessKey)
}

func checkCertificates(s *Settings) error {
	for _, c := range []struct {
		key   string
		files TLS
	}{{"api.tls", s.API.TLS}, {"admin.tls", s.Admin.TLS}, {"feed.tls", s.Feed.TLS}, {"sip.tls", s.SIP.TLS}} {
		if err := together(c.key+".cert", c.files.Cert, c.key+".key", c.files.Key); err != nil {
			return err
		}
	}
	return nil
}

func checkListeners(s *Settings) error {
	secure := slices.ContainsFunc(s.SIP.Listen, func(e Endpoint) bool { return e.Network == "tls" })
	switch {
	case len(s.SIP.Listen) == 0:
		return fmt.Errorf("sip.listen has no address")
	case secure && s.SIP.TLS.Cert == "":
		return fmt.Errorf("sip.listen has a tls:// address, which needs sip.tls.cert and sip.tls.key")
	case s.API.Listen == s.Admin.Listen && !strings.HasSuffix(string(s.API.Listen), ":0"):
		return fmt.Errorf("api.listen and admin.listen are both %s", s.API.Listen)
	}
	return nil
}

// checkPlainAPI refuses an API that strangers can read on the way: a signature proves who asks, and hides nothing.
func checkPlainAPI(s *Settings) error {
	if s.API.Listen.loopback() || s.API.TLS.Cert != "" || s.Insecure {
		return nil
	}
	return fmt.Errorf("api.listen: %s is beyond loopback, which needs api.tls.cert and api.tls.key, or insecure", s.API.Listen)
}

func checkStore(s *Settings) error {
	if !strings.HasPrefix(s.Store.URL, "sqlite:") || s.Database() == "." {
		return fmt.Errorf("store.url: %q is not sqlite:FILE", s.Store.URL)
	}
	return nil
}

func checkAddresses(s *Settings) error {
	for _, a := range []struct {
		key  string
		list []netip.Addr
	}{{"sip.address", s.SIP.Address}, {"rtp.address", s.RTP.Address}} {
		if v4, v6 := Families(a.list); len(a.list) > 2 || len(a.list) == 2 && (!v4.IsValid() || !v6.IsValid()) {
			return fmt.Errorf("%s has two addresses of one family", a.key)
		}
	}
	return nil
}

func checkNumbers(s *Settings) error {
	for i, n := range s.Numbers {
		if slices.Contains(s.Numbers[:i], n) {
			return fmt.Errorf("numbers has %s twice", n)
		}
	}
	return nil
}

func checkWebhooks(s *Settings) error {
	names := map[string]bool{}
	for _, w := range s.Notify.Webhooks {
		if names[w.Name] {
			return fmt.Errorf("notify.webhooks has two webhooks named %s", w.Name)
		}
		names[w.Name] = true
	}
	return nil
}

func checkFiles(s *Settings) error {
	for name, path := range s.Notify.Files {
		if !webhookName.MatchString(name) || path == "" {
			return fmt.Errorf("notify.files: %s=%s is not NAME=FILE, the name of letters, digits, - and _", name, path)
		}
	}
	return nil
}

func checkKafka(s *Settings) error {
	k := s.Notify.Kafka
	switch {
	case len(k.Brokers) == 0 && (k.TLS || k.SASL != "none" && k.SASL != ""):
		return fmt.Errorf("notify.kafka has no brokers")
	case k.CA != "" && !k.TLS:
		return fmt.Errorf("notify.kafka.ca needs notify.kafka.tls")
	case (k.SASL != "none" && k.SASL != "") != (k.User != ""):
		return fmt.Errorf("notify.kafka.sasl and notify.kafka.user must be given together")
	}
	return together("notify.kafka.user", k.User, "notify.kafka.password", k.Password)
}

func checkNATS(s *Settings) error {
	n := s.Notify.NATS
	switch {
	case n.URL == "" && n.Credentials+n.User+n.CA != "":
		return fmt.Errorf("notify.nats.url has no server")
	case n.Credentials != "" && n.User != "":
		return fmt.Errorf("notify.nats.credentials and notify.nats.user cannot be given together")
	}
	return together("notify.nats.user", n.User, "notify.nats.password", n.Password)
}

// streamingTargets are what a connector's streaming configuration can name.
var streamingTargets = []string{"EventBridge", "SQS", "SNS"}

// streamingPlace is the form of the place of a streaming target, if it is not the name of a webhook.
var streamingPlace = matcher(`^(https?://|arn:timbre:(webhook|kafka|nats|file):|arn:aws[a-z-]*:(sqs|sns|lambda|kinesis|events):[a-z0-9-]+:[0-9]{12}:.)`)

// has says whether there is a target of a kind that AWS does not have.
func (s *Settings) has(kind, name string) bool {
	switch kind {
	case "kafka":
		return len(s.Notify.Kafka.Brokers) > 0
	case "nats":
		return s.Notify.NATS.URL != ""
	case "file":
		return s.Notify.Files[name] != ""
	}
	return slices.ContainsFunc(s.Notify.Webhooks, func(w Webhook) bool { return w.Name == name })
}

func checkStreaming(s *Settings) error {
	for target, place := range s.Notify.Streaming {
		if !slices.Contains(streamingTargets, target) {
			return fmt.Errorf("notify.streaming: %q is not one of %s", target, strings.Join(streamingTargets, ", "))
		}
		if own := strings.SplitN(place, ":", 6); len(own) == 6 && own[1] == "timbre" && !s.has(own[2], own[5]) {
			return fmt.Errorf("notify.streaming: %s=%s is a target that the settings lack", target, place)
		}
		named := s.has("webhook", place)
		if !named && !streamingPlace(place) {
			return fmt.Errorf("notify.streaming: %s=%s is not the URL of a queue, the ARN of a target or the name of a webhook", target, place)
		}
	}
	return nil
}
