package notify_test

import (
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

func TestTargetsAreAllowedByTheirParts(t *testing.T) {
	own := notify.Allow{"arn:*:*:*:000000000000:*", "arn:aws:sqs:eu-*:111122223333:voice-?", "https://sqs.example/q"}
	for target, want := range map[string]bool{
		"arn:aws:sqs:us-east-1:000000000000:q":                          true,
		"arn:aws-cn:lambda:cn-north-1:000000000000:function:f":          true,
		"arn:timbre:kafka:us-east-1:000000000000:calls":                 true,
		"arn:timbre:kafka:us-east-1:999999999999:calls":                 false,
		"arn:aws:sqs:us-east-1:999999999999:q":                          false,
		"arn:aws:lambda:us-east-1:999999999999:function:000000000000:q": false,
		"arn:aws:sqs:eu-central-1:111122223333:voice-1":                 true,
		"arn:aws:sqs:eu-central-1:111122223333:voice-12":                false,
		"arn:aws:sqs:us-east-1:111122223333:voice-1":                    false,
		"arn:aws:sns:eu-central-1:111122223333:voice-1":                 false,
		"https://sqs.example/q":                                         true,
		"https://sqs.example/other":                                     false,
		"arn:timbre:webhook:us-east-1:999999999999:crm":                 true,
		"arn:timbre:file:us-east-1:999999999999:events":                 true,
	} {
		if got := own.Check(target) == nil; got != want {
			t.Errorf("%s: got allowed %t, want %t", target, got, want)
		}
	}
	if err := notify.Allow(nil).Check("arn:aws:sqs:us-east-1:999999999999:q"); err != nil {
		t.Errorf("got %v without a list, want all allowed", err)
	}
}

func TestStoredTargetThatIsNotAllowedIsSentNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const queue = "arn:aws:sqs:us-east-1:999999999999:q"
		outbox, reached := &notifytest.Outbox{}, &sink{}
		outbox.Put(notice("1", "k", queue))
		d := notify.New(environment.Environment{}, notify.Config{Allow: notify.Allow{"arn:*:*:*:000000000000:*"}},
			notify.Deps{Outbox: outbox, Sinks: notify.Sinks{"sqs": reached}})
		if err := d.Check(queue); timbre.KindOf(err) != timbre.Forbidden {
			t.Errorf("got %v, want it forbidden", err)
		}
		stop := running(d)
		pass(time.Minute)
		stop()
		if len(reached.ids()) > 0 {
			t.Errorf("got %v sent to a target that is not allowed", reached.ids())
		}
		if outbox.Len() != 1 || len(outbox.Dead()) > 0 {
			t.Errorf("got %d waiting and the dead %+v, want it to wait: an operator can allow it", outbox.Len(), outbox.Dead())
		}
	})
}
