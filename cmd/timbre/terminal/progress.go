package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress is a bar at the foot of a terminal, in media time or in steps. Elsewhere it shows nothing. It may be used from several
// goroutines.
type Progress struct {
	out   io.Writer
	total time.Duration
	unit  time.Duration // of the bar
	what  string        // is counted; empty: media time
	mu    sync.Mutex
	at    time.Duration
	bar   *progressbar.ProgressBar // nil: none
}

// step is the time between two pictures of a bar, and the unit of one in media time.
const step = 100 * time.Millisecond

// Progress shows a bar that is full at total.
func (o Output) Progress(total time.Duration) *Progress {
	return o.progress(&Progress{out: o.Writer, total: total, unit: step})
}

// Steps shows a bar that is full after so many steps of what is counted.
func (o Output) Steps(total int, what string) *Progress {
	return o.progress(&Progress{out: o.Writer, total: time.Duration(total), unit: 1, what: what})
}

func (o Output) progress(p *Progress) *Progress {
	if o.Terminal && p.total >= p.unit {
		theme := progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "[", BarEnd: "]"}
		if o.Unicode {
			theme = progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: " ", BarStart: "", BarEnd: ""}
		}
		p.bar = progressbar.NewOptions(int(p.total/p.unit), progressbar.OptionSetWriter(struct{ io.Writer }{o}),
			progressbar.OptionSetWidth(40), progressbar.OptionSetTheme(theme), progressbar.OptionThrottle(step),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionUseANSICodes(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetDescription(p.caption()))
	}
	return p
}

// At moves the bar, never back.
func (p *Progress) At(at time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.move(at)
}

// Step moves a bar of steps by one.
func (p *Progress) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.move(p.at + 1)
}

func (p *Progress) move(at time.Duration) {
	if at <= p.at {
		return
	}
	p.at = at
	if p.bar == nil || p.bar.IsFinished() {
		return
	}
	p.bar.Describe(p.caption())
	_ = p.bar.Set(int(min(at, p.total) / p.unit))
}

func (p *Progress) caption() string {
	if p.what != "" {
		return fmt.Sprintf("   %d of %d %s ", p.at, p.total, p.what)
	}
	return fmt.Sprintf("   %s of %s ", Clock(p.at), Clock(p.total))
}

// Say prints a line above the bar.
func (p *Progress) Say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && !p.bar.IsFinished() {
		_ = p.bar.Clear()
		defer func() { _ = p.bar.RenderBlank() }()
	}
	_, _ = fmt.Fprintln(p.out, line)
}

// Close removes the bar.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && !p.bar.IsFinished() {
		_ = p.bar.Finish()
	}
	p.bar = nil
}

// Clock formats a duration as minutes and seconds.
func Clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
