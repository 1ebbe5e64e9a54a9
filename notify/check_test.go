package notify_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
	"timbre/notify/webhook"
)

func TestUnknownTargetsAreNamedAndCounted(t *testing.T) {
	hooks, err := webhook.New(environment.Environment{}, webhook.Config{
		Endpoints: []webhook.Endpoint{{Name: "crm", URL: "http://127.0.0.1/", Secret: "secret"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	reg := prometheus.NewRegistry()
	d := notify.New(environment.Environment{Metrics: reg, Log: slog.New(slog.NewTextHandler(&log, nil))}, notify.Config{},
		notify.Deps{Outbox: &notifytest.Outbox{}, Sinks: notify.Sinks{"webhook": hooks}})
	d.ReportUnknown(map[string][]string{
		hook:  {"good"},
		other: {"one", "two"},
		"arn:aws:sqs:us-east-1:111122223333:calls": {"three"},
		"calls": {"four"},
	})
	for _, want := range []string{
		`target=` + other + ` configurations="one, two" error="no webhook is named other"`,
		`target=arn:aws:sqs:us-east-1:111122223333:calls configurations=three error="the settings of this server have no sqs"`,
		`target=calls configurations=four error="it is of no known kind"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("got log\n%swant %s", log.String(), want)
		}
	}
	if strings.Contains(log.String(), "good") {
		t.Errorf("got log\n%swant no known target in it", log.String())
	}
	const want = `
# HELP timbre_notify_unknown_targets Targets of stored configurations to which nothing can be delivered, at the last start or reload of the settings.
# TYPE timbre_notify_unknown_targets gauge
timbre_notify_unknown_targets 3
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "timbre_notify_unknown_targets"); err != nil {
		t.Error(err)
	}
}
