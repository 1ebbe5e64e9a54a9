package console

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// seconds are those of a long call: an hour.
const seconds = 3600

// An hour of a call in a page that stays open: once the page holds all that it keeps, it does not grow.
func TestAnHourOpenDoesNotGrow(t *testing.T) {
	next := make(chan string) // the name of a stretch of the call, which ends with an event of that name
	call := func(stream func(event, data string)) {
		for i := range 1000 { // all that a page keeps
			stream("event", anEvent(fmt.Sprintf("before-%d", i)))
		}
		second := 0
		for name := range next {
			for end := second + seconds/2; second < end; second++ {
				aSecond(stream, second)
			}
			stream("event", fmt.Sprintf(`{"id":%q,"type":"t","status":%q,"time":%q}`, name, name, began))
		}
	}
	url := stub(t, oneCall, call)
	t.Cleanup(func() { close(next) })
	p := open(t, url, wide)
	p.signIn(key, secret)
	p.show("calls/"+transaction, "Call")
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, performance.Enable, performance.EnableParams{})
		return err
	}))

	next <- "half"
	p.reads("half")
	before := p.holds()
	next <- "whole"
	p.reads("whole")
	after := p.holds()
	t.Logf("after half an hour %v, after an hour %v", before, after)
	if grown := after.heap - before.heap; grown > 1<<20 {
		t.Errorf("the heap grew by %.0f bytes in half an hour, want less than a MiB", grown)
	}
	if after.nodes > before.nodes+20 || after.listeners > before.listeners+5 {
		t.Errorf("got %v nodes and %v listeners, want about %v and %v", after.nodes, after.listeners, before.nodes, before.listeners)
	}
	p.show("live", "Live calls")
	p.reads("1 call")
	if left := p.holds(); left.nodes > before.nodes/2 {
		t.Errorf("got %v nodes on the next page, want the call's to be gone", left.nodes)
	}
}

// aSecond is a second of a call with a tone event every fifth.
func aSecond(stream func(event, data string), second int) {
	stream("call", `{"call":`+aCall+`,"live":true}`)
	steps := "-30" + strings.Repeat(",-30", 9)
	stream("levels", fmt.Sprintf(`{"legs":[{"leg":0,"fromMs":%[1]d,"peak":[%[2]s],"rms":[%[2]s]}]}`, second*1000, steps))
	stream("speech", fmt.Sprintf(`{"task":"task-1","kind":"speakerSearch","leg":0,"netMs":%d,"voiced":[[%d,%d]]}`, second*500, second*1000, second*1000+500))
	if second%5 == 0 {
		stream("event", anEvent(fmt.Sprintf("e-%d", second)))
	}
}

// held is what a page holds after a collection of garbage.
type held struct{ heap, nodes, listeners float64 }

func (p *page) holds() (h held) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return err
		}
		result, err := cdp.Call(ctx, tab, performance.GetMetrics, cdp.Empty{})
		for _, m := range result.Metrics {
			switch m.Name {
			case "JSHeapUsedSize":
				h.heap = m.Value
			case "Nodes":
				h.nodes = m.Value
			case "JSEventListeners":
				h.listeners = m.Value
			}
		}
		return err
	}))
	return h
}
