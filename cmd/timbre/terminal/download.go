package terminal

import (
	"io"

	"github.com/schollz/progressbar/v3"
)

// Download is a bar of bytes at the foot of a terminal. Elsewhere it shows nothing. It is used by one goroutine.
type Download struct {
	out Output
	bar *progressbar.ProgressBar // nil: none, or none yet
}

// Download shows a bar once the size is known.
func (o Output) Download() *Download { return &Download{out: o} }

// At moves the bar.
func (d *Download) At(done, total int64) {
	if d.bar == nil {
		if !d.out.Terminal || total <= 0 {
			return
		}
		d.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(struct{ io.Writer }{d.out}), progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(40), progressbar.OptionThrottle(step), progressbar.OptionClearOnFinish(), progressbar.OptionUseANSICodes(true))
	}
	_ = d.bar.Set64(done)
}

// Close removes the bar.
func (d *Download) Close() {
	if d.bar != nil && !d.bar.IsFinished() {
		_ = d.bar.Finish()
	}
}
