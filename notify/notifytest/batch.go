package notifytest

import (
	"fmt"
	"testing"

	"timbre"
	"timbre/notify"
)

// batches checks a sink that is a notify.Batcher: a full batch arrives in its order, one that is too large holds up no other of its
// batch, and a failure of the request is one of each notice.
func batches(t *testing.T, b Backend, _ notify.FailureKind) {
	sink, does := b.Sink.(notify.Batcher)
	if !does {
		return
	}
	size, _ := sink.Batch()
	notices, want := b.some(size)
	for _, err := range sink.SendBatch(t.Context(), notices) {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.wantReceived(t, want...)

	if size > 1 {
		notices[0].Payload = b.large()
		errs := sink.SendBatch(t.Context(), notices)
		b.wantFailure(t, errs[0], b.Target, notify.Refused)
		for _, err := range errs[1:] {
			if err != nil {
				t.Errorf("beside one that is too large: got %v, want no error", err)
			}
		}
		b.wantReceived(t, append(want, want[1:]...)...)
	}

	b.Service.Fail(RefusedForNow, -1)
	for _, err := range sink.SendBatch(t.Context(), notices[1:]) {
		b.wantFailure(t, err, b.Target, notify.ForNow)
	}
}

func (b Backend) some(size int) (notices []timbre.Notice, payloads []string) {
	ids := make([]string, size)
	for i := range ids {
		ids[i] = fmt.Sprintf("Id-%03d", i)
	}
	return b.notices(ids...)
}
