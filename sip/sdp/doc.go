// Package sdp reads session descriptions (SDP, RFC 8866) and answers them (RFC 3264). In comes an offer as real clients
// write it, repaired where it breaks the grammar; out go its lines, with what each says of its stream and of the keys of
// that, and the answer with keys of our own: by SDES (RFC 4568), or by DTLS (RFC 5763).
//
// It opens no port, knows no call and does not refuse: what cannot be taken is marked, with the reason. It encrypts nothing.
package sdp
