package phone

import (
	"testing"

	"timbre/environment"
	"timbre/sip/dialog/dialogtest"
)

func TestPhonePassesTheDialogSuite(t *testing.T) {
	dialogtest.Run(t, func(t *testing.T, p *dialogtest.Peer) dialogtest.User {
		dialled := make(chan *Call, 1)
		go func() {
			cfg := config("udp://" + p.Addr().String())
			cfg.Mixed = true
			c, err := Dial(t.Context(), environment.Environment{}, cfg)
			if err != nil {
				t.Error(err)
			}
			dialled <- c
		}()
		p.Answer()
		c := receive(t, dialled, "call")
		t.Cleanup(c.close)
		return dialogtest.User{HangUp: func() {
			if err := c.Hangup(t.Context()); err != nil {
				t.Error(err)
			}
		}}
	})
}
