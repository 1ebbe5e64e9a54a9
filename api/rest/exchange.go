package rest

import (
	"net/http"
	"strconv"
	"time"
)

// exchange is one request and its response, for the response headers, the log and the metrics.
type exchange struct {
	id    string
	began time.Time
	keyID string // of the key that signed the request, once that is verified
	route *route // nil until a route is found
	fault *Fault // nil for a success
	cause error  // of the fault, for the log
}

func (x *exchange) operation() *Operation {
	if x.route == nil {
		return nil
	}
	return x.route.op
}

func (x *exchange) status() int {
	if x.fault != nil {
		return x.fault.Status
	}
	return x.route.op.Status
}

// refusal is the body of a fault.
type refusal struct {
	Code, Message string
	RequestId     string
}

// answer writes status, headers and body of a success or a fault.
func (x *exchange) answer(w http.ResponseWriter, body []byte) {
	h := w.Header()
	h.Set("X-Amzn-RequestId", x.id)
	if x.fault != nil {
		h.Set("X-Amzn-ErrorType", x.fault.Type)
		if wait := x.fault.Retry; wait > 0 {
			h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
			h.Set("X-Amz-Retry-After", strconv.FormatInt(wait.Milliseconds()+1, 10)) // which newer SDKs respect
		}
		r := refusal{Code: x.fault.Code, Message: x.fault.Message}
		if x.route != nil && x.route.service == Pipelines {
			r.RequestId = x.id // the exceptions of that service have this member
		}
		body, _ = encode(r) // three strings always encode
	}
	if len(body) > 0 {
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(x.status())
	_, _ = w.Write(body) //nolint:gosec // JSON; a client that has hung up gets nothing
}
