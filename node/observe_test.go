package node

import (
	"errors"
	"testing"

	"timbre"
)

func TestChangesOfAdmissionAreCounted(t *testing.T) {
	inInside(t, func(in *inside) {
		ctx, before := in.t.Context(), in.changes.Load()
		in.must(errors.Join(
			in.store.PutTermination(ctx, vc, timbre.Termination{CIDRs: []string{"192.0.2.0/24"}}),
			in.store.PutCredentials(ctx, vc, []timbre.Credential{{Username: "ann", MD5: "x", SHA256: "y"}}),
			in.store.DeleteCredentials(ctx, vc, []string{"ann"}),
			in.store.DeleteTermination(ctx, vc),
			in.store.DeleteConnector(ctx, vc),
		))
		if got, want := in.changes.Load()-before, uint64(5); got != want {
			t.Errorf("got %d changes counted, want %d", got, want)
		}
	})
}
