// Package sdp reads session descriptions (RFC 8866) and answers offers (RFC 3264). In comes a description as real clients
// write it, repaired where it breaks the grammar; out go its m-lines, each with its stream and its keys, and the answer with
// local keys: by SDES (RFC 4568), or by DTLS (RFC 5763).
//
// It opens no port, knows no call and refuses nothing: a line that cannot be accepted is marked, with the reason. It encrypts
// nothing.
package sdp
