package rtp

import (
	"testing"

	"timbre/environment"
	"timbre/rtp/mediatest"
)

// eachWay runs a test with each way in which media sockets are read here.
func eachWay(t *testing.T, run func(t *testing.T, adopt adopter)) {
	env := environment.Environment{}.Complete()
	for name, adopt := range map[string]adopter{"a goroutine a socket": dedicatedAdopter(env), "chosen": newAdopter(env)} {
		t.Run(name, func(t *testing.T) { run(t, adopt) })
	}
}

func TestPoolIsAMediaReceiver(t *testing.T) {
	eachWay(t, func(t *testing.T, adopt adopter) {
		mediatest.Run(t, func(t *testing.T) mediatest.Receiver {
			p := pool(t, 20)
			p.adopt = adopt
			return p
		})
	})
}
