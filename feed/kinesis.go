package feed

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"timbre"
)

// kinesis are the operations of Kinesis Video Streams that a producer needs, by path. A stream is a connector.
//
// https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_Operations.html
var kinesis = map[string]kinesisOperation{
	"/putMedia":        {name: "PutMedia"},
	"/getDataEndpoint": {"GetDataEndpoint", dataEndpoint},
	"/describeStream":  {"DescribeStream", describeStream},
	"/createStream":    {"CreateStream", createStream},
}

// kinesisOperation is an operation. Answer is that to a request which may use the stream; nil: PutMedia, whose body is streamed.
type kinesisOperation struct {
	name   string
	answer func(s *Server, r *http.Request, stream string) (any, *refusal)
}

// maxRequest is the longest body that is not streamed, in bytes.
const maxRequest = 16 << 10

// serveKinesis serves an operation.
func (s *Server) serveKinesis(w http.ResponseWriter, r *http.Request, o kinesisOperation) {
	if r.Method != http.MethodPost {
		s.refuseKinesis(w, r, refuse(http.StatusMethodNotAllowed, "malformed", "the method must be POST"))
		return
	}
	if o.answer == nil {
		s.serveUpload(w, r)
		return
	}
	stream, refused := s.describe(w, r, o.name)
	if refused != nil {
		s.refuseKinesis(w, r, refused)
		return
	}
	answer, refused := o.answer(s, r, stream)
	if refused != nil {
		s.refuseKinesis(w, r, refused)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// describe reads a request with a body that is not streamed, and returns the stream that it may use.
func (s *Server) describe(w http.ResponseWriter, r *http.Request, operation string) (stream string, _ *refusal) {
	var text []byte
	key, err := s.deps.Signatures.Check(r, func() (_ []byte, err error) {
		text, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		return text, err
	})
	if err != nil {
		return "", unsigned(err)
	}
	var m struct{ StreamName, StreamARN string }
	if err := json.Unmarshal(text, &m); err != nil {
		return "", refuse(http.StatusBadRequest, "malformed", "the body is not the JSON object that is expected")
	}
	access, refused := s.stream(r, key, operation, m.StreamName, m.StreamARN)
	if refused != nil {
		return "", refused
	}
	return access.Connector.ID, nil
}

// stream is the connector that a request names as its stream, which its key must be allowed to use.
func (s *Server) stream(r *http.Request, key timbre.Key, operation, name, arn string) (access timbre.Access, _ *refusal) {
	request := timbre.AccessRequest{ConnectorID: name, Encrypted: r.TLS != nil, Signature: &timbre.Signature{User: "kinesis", Proven: true}}
	if _, path, of := strings.Cut(arn, ":stream/"); of && name == "" {
		request.ConnectorID, _, _ = strings.Cut(path, "/")
	}
	if request.ConnectorID == "" {
		return access, refuse(http.StatusBadRequest, "malformed", "the request must name a stream: its name is the id of a connector")
	}
	if !key.May("kinesisvideo:"+operation, s.streamARN(request.ConnectorID)) {
		return access, refuse(http.StatusForbidden, "forbidden", "the access key may not perform kinesisvideo:"+operation+" on "+s.streamARN(request.ConnectorID))
	}
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return access, refuse(http.StatusInternalServerError, "internal", "no source address: "+err.Error())
	}
	request.Source = timbre.PlainAddr(source.Addr())
	access, err = s.deps.Admission.Admit(r.Context(), request)
	return access, denied(err)
}

// streamARN is the ARN of the stream of a connector. Streams of Kinesis end in the time of their creation; 0 stands for it.
func (s *Server) streamARN(connectorID string) string {
	return "arn:aws:kinesisvideo:" + s.env.Region + ":" + s.env.Account + ":stream/" + connectorID + "/0"
}

// unsigned is the refusal of a request without the right signature, by the error that AWS has for it: what another signature mends can be told
// from what it does not. Other errors are those of a body that cannot be read.
func unsigned(err error) *refusal {
	fault := (*timbre.SignatureFault)(nil)
	if !errors.As(err, &fault) {
		return refuse(http.StatusBadRequest, "malformed", "the body cannot be read, or is longer than "+strconv.Itoa(maxRequest)+" bytes")
	}
	r := refuse(fault.Status, "signature", fault.Message)
	r.kind = fault.Type
	return r
}

// dataEndpoint answers GetDataEndpoint: media comes here, too.
func dataEndpoint(_ *Server, r *http.Request, _ string) (any, *refusal) {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return map[string]string{"DataEndpoint": scheme + r.Host}, nil
}

// describeStream answers DescribeStream. Nothing is retained.
func describeStream(s *Server, _ *http.Request, stream string) (any, *refusal) {
	return map[string]any{"StreamInfo": map[string]any{
		"StreamName": stream, "StreamARN": s.streamARN(stream), "Status": "ACTIVE", "Version": "1", "DataRetentionInHours": 0, "CreationTime": 0,
	}}, nil
}

// createStream answers CreateStream for a connector, which exists.
func createStream(*Server, *http.Request, string) (any, *refusal) {
	return nil, refuse(http.StatusBadRequest, "exists", "the stream exists: streams are connectors, which the operation CreateVoiceConnector makes")
}

// kinesisErrors are the names of refusals as AWS has them, by reason.
var kinesisErrors = map[string]string{
	"no_connector": "ResourceNotFoundException", "exists": "ResourceInUseException", "malformed": "InvalidArgumentException",
	"full": "ConnectionLimitExceededException", "overload": "ClientLimitExceededException", "forbidden": "NotAuthorizedException",
	string(timbre.TooManyAttempts): "ClientLimitExceededException",
}

// refuseKinesis refuses a request as AWS words it.
func (s *Server) refuseKinesis(w http.ResponseWriter, r *http.Request, why *refusal) {
	kind := cmp.Or(why.kind, kinesisErrors[why.reason])
	switch {
	case kind != "":
	case why.status < http.StatusInternalServerError:
		kind = "NotAuthorizedException"
	default:
		kind = "ServiceUnavailableException"
	}
	text := s.note(w, r.RemoteAddr, why)
	w.Header().Set("x-amzn-ErrorType", kind)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(why.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": text})
}
