package peer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"
)

// rtpengineClient controls rtpengine by its ng protocol: a cookie and a bencoded dictionary, one datagram in each direction.
type rtpengineClient struct {
	net.Conn
	asked int
}

// dictionary is a bencoded dictionary of strings, integers, lists and dictionaries.
type dictionary = map[string]any

// rtpengine starts an rtpengine on loopback and returns its control address.
func rtpengine(t *testing.T, folder string) (*rtpengineClient, string) {
	t.Helper()
	needs(t, "rtpengine", "rtpengine-daemon")
	at, first := fmt.Sprintf("127.0.0.1:%d", ports(t, 2)), ports(t, 40)
	launch(t, folder, "rtpengine", "--config-file=none", "-f", "-t", "-1", "-i", "127.0.0.1", "-n", at,
		"-m", strconv.Itoa(first), "-M", strconv.Itoa(first+39), "-E", "--num-threads=1", "--log-level=5")
	conn, err := net.Dial("udp", at)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	e := &rtpengineClient{Conn: conn}
	wait(t.Context(), t, "rtpengine", func() bool {
		answer, err := e.ask("ping", nil)
		return err == nil && answer["result"] == "pong"
	})
	return e, at
}

// command sends a command that must succeed.
func (e *rtpengineClient) command(t *testing.T, name string, with dictionary) dictionary {
	t.Helper()
	answer, err := e.ask(name, with)
	must(t, err)
	if answer["result"] != "ok" {
		t.Fatalf("rtpengine %s: got %v, want ok", name, answer)
	}
	return answer
}

func (e *rtpengineClient) ask(name string, with dictionary) (dictionary, error) {
	e.asked++
	cookie := fmt.Sprintf("%d ", e.asked)
	question := maps.Clone(with)
	if question == nil {
		question = dictionary{}
	}
	question["command"] = name
	if _, err := e.Write(append([]byte(cookie), encode(question)...)); err != nil {
		return nil, err
	}
	_ = e.SetReadDeadline(time.Now().Add(timeout / 20))
	b := make([]byte, 65536)
	for {
		n, err := e.Read(b)
		if err != nil {
			return nil, err
		}
		if text, ok := bytes.CutPrefix(b[:n], []byte(cookie)); ok {
			v, _, err := decode(text)
			answer, ok := v.(dictionary)
			if !ok {
				err = errors.Join(err, errors.New("no dictionary"))
			}
			return answer, err
		}
	}
}

func encode(v any) []byte {
	switch v := v.(type) {
	case string:
		return fmt.Appendf(nil, "%d:%s", len(v), v)
	case int:
		return fmt.Appendf(nil, "i%de", v)
	case []string:
		b := []byte("l")
		for _, s := range v {
			b = append(b, encode(s)...)
		}
		return append(b, 'e')
	case dictionary:
		b := []byte("d")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = append(append(b, encode(key)...), encode(v[key])...)
		}
		return append(b, 'e')
	}
	panic(fmt.Sprintf("%T in bencode", v))
}

// decode reads one value and returns the rest.
func decode(b []byte) (v any, rest []byte, err error) {
	bad := errors.New("not bencode")
	if len(b) == 0 {
		return nil, nil, bad
	}
	switch kind := b[0]; kind {
	case 'i':
		text, rest, ok := bytes.Cut(b[1:], []byte("e"))
		n, err := strconv.Atoi(string(text))
		if !ok {
			err = bad
		}
		return n, rest, err
	case 'l', 'd':
		var list []any
		for b = b[1:]; len(b) > 0 && b[0] != 'e'; list = append(list, v) {
			if v, b, err = decode(b); err != nil {
				return nil, nil, err
			}
		}
		if len(b) == 0 {
			return nil, nil, bad
		}
		if kind == 'l' {
			return list, b[1:], nil
		}
		d := dictionary{}
		for i := 0; i+1 < len(list); i += 2 {
			key, _ := list[i].(string)
			d[key] = list[i+1]
		}
		return d, b[1:], nil
	}
	text, rest, ok := bytes.Cut(b, []byte(":"))
	n, err := strconv.Atoi(string(text))
	if !ok || err != nil || n < 0 || n > len(rest) {
		return nil, nil, cmp.Or(err, bad)
	}
	return string(rest[:n]), rest[n:], nil
}
