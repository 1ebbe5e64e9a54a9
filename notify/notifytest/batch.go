package notifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"timbre"
	"timbre/notify"
)

// batches checks a sink that is a notify.Batcher: a full batch arrives in its order, also if its notices are more than a request holds;
// one that is too large holds up no other of its batch; and a failure of the request is one of each notice.
func batches(t *testing.T, b Backend, _ notify.FailureKind) {
	sink, does := b.Sink.(notify.Batcher)
	if !does {
		return
	}
	size, total := sink.Batch()
	notices, want := b.some(size)
	half := object(strings.Repeat("x", b.MaxPayload/2))
	for range total/(b.MaxPayload/2) + 1 {
		n := b.notice("Id-large")
		n.Payload = b.payload(half)
		notices, want = append(notices, n), append(want, half)
	}
	for _, err := range sink.SendBatch(t.Context(), notices) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := b.Received(); !slices.Equal(got, want) {
		t.Errorf("got %d payloads, want the %d of the batch in their order", len(got), len(want))
	}
	notices, received := notices[:size], len(want)

	if size > 1 {
		notices[0].Payload = b.large()
		errs := sink.SendBatch(t.Context(), notices)
		b.wantFailure(t, errs[0], b.Target, notify.Refused)
		for _, err := range errs[1:] {
			if err != nil {
				t.Errorf("beside one that is too large: got %v, want no error", err)
			}
		}
		if got := b.Received()[received:]; !slices.Equal(got, want[1:size]) {
			t.Errorf("got payloads %q beside one that is too large, want %q", got, want[1:size])
		}
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
