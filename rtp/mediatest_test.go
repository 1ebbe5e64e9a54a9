package rtp

import (
	"testing"

	"timbre/rtp/mediatest"
)

func TestPoolIsAMediaReceiver(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) mediatest.Receiver { return pool(t, 20) })
}
