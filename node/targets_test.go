package node

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/config"
)

// Configurations are stored with a webhook that the settings lose: it is named after a reload, and known again after the next.
func TestStoredTargetsThatTheSettingsLoseAreNamed(t *testing.T) {
	n, log := reloadable(t)
	const configurations = 501 // more than are read at once
	for i := range configurations {
		name := fmt.Sprintf("c%03d", i)
		if err := n.store.CreateConfiguration(t.Context(), timbre.Configuration{
			ID: name, Name: name, ARN: "arn:" + name, Created: n.env.Now(),
			Elements: []timbre.Element{{Type: "SqsQueueSink", Target: n.settings.WebhookARN("crm")}, {Type: "VoiceAnalyticsProcessor"}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	before := n.settings
	after := before
	after.Notify.Webhooks = []config.Webhook{{Name: "erp", URL: "http://127.0.0.1:1/", Secret: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="}}
	for _, c := range []struct {
		settings config.Settings
		unknown  string
		logged   bool
	}{{after, "1", true}, {before, "0", false}} {
		log.Reset()
		if err := n.Reload(c.settings); err != nil {
			t.Fatal(err)
		}
		want := "# HELP timbre_notify_unknown_targets Targets of stored configurations to which nothing can be delivered, at the last start or reload of the settings.\n" +
			"# TYPE timbre_notify_unknown_targets gauge\ntimbre_notify_unknown_targets " + c.unknown + "\n"
		if err := testutil.GatherAndCompare(n.metrics, strings.NewReader(want), "timbre_notify_unknown_targets"); err != nil {
			t.Error(err)
		}
		named := strings.Contains(log.String(), n.settings.WebhookARN("crm")) && strings.Contains(log.String(), "c000") && strings.Contains(log.String(), "and 491 more")
		if named != c.logged {
			t.Errorf("got log %.300s, want the target with its configurations: %t", log, c.logged)
		}
	}
}
