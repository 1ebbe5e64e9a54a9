package sip

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
)

// The dialogs of a server pass the suite: those of recordings, and both of a bridged call.

const suiteSDP = oneLine

func TestRecordingPassesTheDialogSuite(t *testing.T) {
	dialogtest.Run(t, func(t *testing.T, p *dialogtest.Peer) dialogtest.User {
		r := run(t)
		r.shutdownTimeout = testTimeout
		p.Call(r.Addr("udp"), "sip:"+connectorID+"@127.0.0.1")
		waitFor(t, func() bool { return acked(r) })
		return dialogtest.User{HangUp: r.stop, Timers: true}
	})
}

func TestCallerOfATrunkPassesTheDialogSuite(t *testing.T) {
	dialogtest.Run(t, func(t *testing.T, p *dialogtest.Peer) dialogtest.User {
		r := runWith(t, gatewayed("udp", int(dialogtest.Far(t, suiteSDP).Port())))
		r.shutdownTimeout = testTimeout
		p.Call(r.Addr("udp"), "sip:+12065550100@"+connectorID+".voiceconnector.example.com")
		waitFor(t, func() bool { return r.stack.InFlight() == 0 })
		return dialogtest.User{HangUp: r.stop, Timers: true}
	})
}

func TestGatewayOfATrunkPassesTheDialogSuite(t *testing.T) {
	dialogtest.Run(t, func(t *testing.T, p *dialogtest.Peer) dialogtest.User {
		r := runWith(t, gatewayed("udp", int(p.Addr().Port())))
		r.shutdownTimeout = testTimeout
		caller := dial(t, r, "udp")
		caller.send(plain("bridged").text())
		p.Answer()
		res := caller.final()
		caller.send(message{method: "ACK", callID: "bridged", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.text())
		waitFor(t, func() bool { return r.stack.InFlight() == 0 })
		return dialogtest.User{Timers: true, HangUp: func() {
			caller.send(message{method: "BYE", callID: "bridged", toTag: res.To().Params.GetOr("tag", ""), seq: 2}.text())
		}}
	})
}

// final is the next response that is not provisional.
func (p *client) final() *gosip.Response {
	p.t.Helper()
	for {
		if res, ok := p.receive().(*gosip.Response); ok && !res.IsProvisional() {
			return res
		}
	}
}
