package console

import (
	"slices"
	"strings"
	"testing"
)

// The server drops zeros at the end of a second's fraction, so that times do not sort by their texts.
func TestEventsAndTasksAreInOrderOfTime(t *testing.T) {
	task := func(id, created string) string {
		return strings.NewReplacer("task-1", id, "PARTIAL_SUCCESS", id, "10:00:01Z", created).Replace(aSearch)
	}
	event := func(id, at string) string {
		return `{"id":"` + id + `","type":"t","status":"` + id + `","time":"2026-11-25T` + at + `"}`
	}
	p := open(t, stub(t, oneCall, func(stream func(event, data string)) {
		itsStream(stream)
		stream("task", task("task-3", "10:00:01.5Z"))
		stream("task", task("task-2", "10:00:01.25Z"))
		stream("event", event("third", "10:00:30.5Z"))
		stream("event", event("second", "10:00:30.123456Z"))
		stream("event", event("first", "10:00:30.12Z"))
		stream("event", event("last", "10:00:31Z"))
	}), wide)
	p.signIn(key, secret)
	p.show("calls/"+transaction, "Call")
	p.reads("last")
	got := value[[]string](p, `[...document.querySelectorAll('.timeline li > span')].map((e) => e.innerText.trim())`)
	if want := []string{"VoiceToneAnalysisSuccessful (caller)", "first", "second", "third", "last"}; !slices.Equal(got, want) {
		t.Errorf("got events %q, want %q", got, want)
	}
	got = value[[]string](p, `[...document.querySelectorAll('article.task')].map((e) => e.querySelector('h3').textContent)`)
	if want := []string{"Speaker search partial success", "Speaker search task-2", "Speaker search task-3"}; !slices.Equal(got, want) {
		t.Errorf("got analyses %q, want %q", got, want)
	}
}
