package peer

import (
	"fmt"
	"strconv"
	"testing"

	"timbre/test/needs"
	"timbre/test/peer/ng"
)

type dictionary = ng.Dictionary

// rtpengineClient controls an rtpengine in a test.
type rtpengineClient struct{ *ng.Client }

// rtpengine starts an rtpengine on loopback and returns its control address.
func rtpengine(t *testing.T, folder string) (rtpengineClient, string) {
	t.Helper()
	needs.Program(t, "rtpengine", "rtpengine (Debian's package rtpengine-daemon)")
	at, first := fmt.Sprintf("127.0.0.1:%d", ports(t, 2)), ports(t, 40)
	launch(t, folder, "rtpengine", "--config-file=none", "-f", "-t", "-1", "-i", "127.0.0.1", "-n", at,
		"-m", strconv.Itoa(first), "-M", strconv.Itoa(first+39), "-E", "--num-threads=1", "--log-level=5")
	client, err := ng.Dial(at)
	must(t, err)
	t.Cleanup(func() { _ = client.Close() })
	wait(t.Context(), t, "rtpengine", func() bool {
		answer, err := client.Ask("ping", nil)
		return err == nil && answer["result"] == "pong"
	})
	return rtpengineClient{client}, at
}

// command sends a command that must succeed.
func (c rtpengineClient) command(t *testing.T, name string, with dictionary) dictionary {
	t.Helper()
	answer, err := c.Command(name, with)
	must(t, err)
	return answer
}
