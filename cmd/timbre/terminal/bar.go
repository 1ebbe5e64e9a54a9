package terminal

import (
	"io"

	"github.com/schollz/progressbar/v3"
)

// Bar is a bar at the foot of a terminal. Elsewhere it shows nothing. It is used by one goroutine.
type Bar struct {
	out   Output
	bytes bool
	bar   *progressbar.ProgressBar // nil: none, or none yet
}

// Bar shows a bar of bytes, or of things that are counted, once the total is known.
func (o Output) Bar(bytes bool) *Bar { return &Bar{out: o, bytes: bytes} }

// At moves the bar.
func (b *Bar) At(done, total int64) {
	if b.bar == nil {
		if !b.out.Terminal || total <= 0 {
			return
		}
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(struct{ io.Writer }{b.out}), progressbar.OptionShowBytes(b.bytes), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(40), progressbar.OptionThrottle(step), progressbar.OptionClearOnFinish(), progressbar.OptionUseANSICodes(true))
	}
	_ = b.bar.Set64(done)
}

// Close removes the bar.
func (b *Bar) Close() {
	if b.bar != nil && !b.bar.IsFinished() {
		_ = b.bar.Finish()
	}
}
