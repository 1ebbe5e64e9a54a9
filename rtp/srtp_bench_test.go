package rtp

import (
	"context"
	"testing"

	"timbre/environment"

	"timbre"
)

// An SRTP packet of 20 ms from datagram to frame, without the socket. BenchmarkReceivePacket is the same without encryption.
func BenchmarkReceiveEncrypted(b *testing.B) {
	const batch = 4096
	from := addr("10.0.0.1:4000")
	for _, suite := range allSuites {
		b.Run(suite, func(b *testing.B) {
			k := testKeys(b, suite, 1)
			c := peerContext(b, k)
			packets := make([][]byte, batch)
			for i := range packets {
				plaintext := speech()
				step(plaintext, i)
				var err error
				if packets[i], err = c.EncryptRTP(nil, plaintext, nil); err != nil {
					b.Fatal(err)
				}
			}
			p := pool(b, 1)
			var s *Stream
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%batch == 0 { // a packet is decrypted once only
					b.StopTimer()
					e, err := newCryptoContext(*k, nil)
					if err != nil {
						b.Fatal(err)
					}
					s = p.stream(timbre.Media{Remote: from, Keys: k}, discard{})
					s.crypto = [ports]*cryptoContext{e, e}
					b.StartTimer()
				}
				s.take(packets[i%batch], from)
			}
			if got := s.Stats(); got.Dropped != [reasons]uint64{} || got.Lost != 0 {
				b.Errorf("got %+v, want nothing dropped or lost", got)
			}
		})
	}
}

// Heap of the keys of a stream, in bytes.
func BenchmarkEncryptedMemory(b *testing.B) {
	const n = 2000
	for b.Loop() {
		kept := make([]*cryptoContext, n)
		packets := make([][]byte, n)
		k := testKeys(b, "AES_CM_128_HMAC_SHA1_80", 1)
		for i := range packets {
			var err error
			if packets[i], err = peerContext(b, k).EncryptRTP(nil, speech(), nil); err != nil {
				b.Fatal(err)
			}
		}
		before := weigh()
		for i := range kept {
			e, err := newCryptoContext(*k, nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, ok := e.decrypt(packets[i], 0); !ok {
				b.Fatal("got a packet that is not decrypted")
			}
			kept[i] = e
		}
		b.ReportMetric(float64(weigh()-before)/n, "B/stream")
		_ = kept[n-1].buf
	}
}

// A complete handshake over loopback, both sides.
func BenchmarkHandshake(b *testing.B) {
	p := pool(b, 50)
	for b.Loop() {
		s, from, _ := open(b, p, func(s *timbre.Media) {
			s.DTLS, s.Mux = &timbre.DTLSParameters{Fingerprint: certificate().Fingerprint(), Active: true}, true
		})
		if _, _, err := peerHandshake(context.Background(), from, from.to, false, profiles()[0]); err != nil {
			b.Fatal(err)
		}
		for s.handshake() == nil || s.sealing() == nil {
			await(b)
		}
		s.Close()
	}
}

// Heap and stack of an open stream after a handshake, in bytes.
func BenchmarkHandshakeMemory(b *testing.B) {
	const n = 200
	for b.Loop() {
		p, err := New(environment.Environment{}, Config{First: 26000, Last: 31999})
		if err != nil {
			b.Fatal(err)
		}
		streams := make([]*Stream, n)
		before := weigh()
		for i := range streams {
			s, from, _ := open(b, p, func(s *timbre.Media) {
				s.DTLS, s.Mux = &timbre.DTLSParameters{Fingerprint: certificate().Fingerprint(), Active: true}, true
			})
			conn, _, err := peerHandshake(context.Background(), from, from.to, false, profiles()[0])
			if err != nil {
				b.Fatal(err)
			}
			for s.sealing() == nil {
				await(b)
			}
			_ = conn.Close()
			streams[i] = s
		}
		b.ReportMetric(float64(weigh()-before)/n, "B/stream")
		for _, s := range streams {
			s.Close()
		}
	}
}

// sealing is the crypto context of the media.
func (s *Stream) sealing() *cryptoContext {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crypto[onMedia]
}
