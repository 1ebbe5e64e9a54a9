package trial

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"
)

// patience is how long a server may take to have everything delivered once the targets are healthy.
const patience = 3 * time.Minute

// unsettled finds what a server must have ended or sent, sooner or later, after a crash.
const unsettled = `SELECT 'call ' || transaction_id FROM call WHERE ended IS NULL
	UNION ALL SELECT 'task ' || id FROM task WHERE active
	UNION ALL SELECT 'notice ' || id || ' for ' || target || ' ' || tries || ' ' || reason FROM outbox
	UNION ALL SELECT 'summary ' || transaction_id FROM summary`

// broken finds what must never be.
const broken = `SELECT 'dead letter ' || id || ' for ' || target || ': ' || reason FROM dead_letter
	UNION ALL SELECT 'quarantined ' || kind || ' ' || id || ': ' || reason FROM quarantine
	UNION ALL SELECT 'end of a task without its time: ' || id FROM task WHERE NOT active AND ended IS NULL
	UNION ALL SELECT 'integrity: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
	UNION ALL SELECT 'foreign key: ' || "table" FROM pragma_foreign_key_check
	UNION ALL SELECT 'tally ' || what || ' is ' || n FROM tally WHERE n <> 0 AND what NOT LIKE 'profiles of %'`

// settle lets healthy targets have what is left, and judges. It ends what was live at the last kill first: the summary of a call is due
// some time after its end, which is moved into the past.
func (t *trial) settle(ctx context.Context) error {
	s, err := t.start(ctx)
	if err != nil {
		return err
	}
	err = t.until(ctx, "SELECT transaction_id FROM call WHERE ended IS NULL")
	s.Kill()
	if err != nil {
		return err
	}
	if err := age(ctx, t.database()); err != nil {
		return err
	}
	if s, err = t.start(ctx); err != nil {
		return err
	}
	defer s.Stop()
	if err := t.until(ctx, unsettled); err != nil {
		return err
	}
	if err := t.readLines(); err != nil {
		return err
	}
	left, err := texts(ctx, t.database(), broken)
	if err != nil {
		return err
	}
	t.report.Faults = append(t.report.Faults, left...)
	t.place.API, _ = s.Clients()
	return t.judge(ctx)
}

// until waits until a statement finds nothing. What is still there then is a fault.
func (t *trial) until(ctx context.Context, statement string) error {
	limit := time.Now().Add(patience)
	for {
		left, err := texts(ctx, t.database(), statement)
		switch {
		case err != nil:
			return err
		case len(left) == 0:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(limit):
			t.fault("after %s with healthy targets there are still %d, such as %s", patience, len(left), left[0])
			return nil
		}
		wait(ctx, 200*time.Millisecond)
	}
}

// readLines takes the events in the file, as if it were a target like the others.
func (t *trial) readLines() error {
	text, err := os.ReadFile(t.lines())
	if err != nil {
		return err
	}
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			return fmt.Errorf("the file of events ends in half a line: %.200q", line)
		}
		t.ledger.take("lines", bytes.TrimSuffix(line, []byte("\n")))
	}
	return nil
}
