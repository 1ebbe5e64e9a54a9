// Package ng controls rtpengine by its protocol of that name: a cookie and a bencoded dictionary, one datagram in each direction.
package ng

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"time"
)

// Client controls an rtpengine, with one command at a time.
type Client struct {
	net.Conn
	asked int
}

// Dictionary is a bencoded dictionary of strings, integers, lists and dictionaries.
type Dictionary = map[string]any

// patience is how long a command may take.
const patience = 5 * time.Second

// Dial makes a Client of the rtpengine that has a control port at an address.
func Dial(address string) (*Client, error) {
	conn, err := net.Dial("udp", address) //nolint:noctx // it connects to nobody
	return &Client{Conn: conn}, err
}

// Command sends a command that must succeed.
func (c *Client) Command(name string, with Dictionary) (Dictionary, error) {
	answer, err := c.Ask(name, with)
	if err == nil && answer["result"] != "ok" {
		err = fmt.Errorf("rtpengine %s: got %v, want ok", name, answer)
	}
	return answer, err
}

// Ask sends a command and returns its answer.
func (c *Client) Ask(name string, with Dictionary) (Dictionary, error) {
	c.asked++
	cookie := fmt.Sprintf("%d ", c.asked)
	question := maps.Clone(with)
	if question == nil {
		question = Dictionary{}
	}
	question["command"] = name
	if _, err := c.Write(append([]byte(cookie), encode(question)...)); err != nil {
		return nil, err
	}
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	b := make([]byte, 65536)
	for {
		n, err := c.Read(b)
		if err != nil {
			return nil, err
		}
		if text, ok := bytes.CutPrefix(b[:n], []byte(cookie)); ok {
			v, _, err := decode(text)
			answer, ok := v.(Dictionary)
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
	case Dictionary:
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
		d := Dictionary{}
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
