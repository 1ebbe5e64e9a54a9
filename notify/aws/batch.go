package aws

import (
	"errors"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// Batch is what became of the notices of one request. What its response leaves out has not arrived.
type Batch []error

var errLeftOut = errors.New("the response does not mention it")

// NewBatch returns a Batch of so many notices.
func NewBatch(size int) Batch {
	b := make(Batch, size)
	for i := range b {
		b[i] = errLeftOut
	}
	return b
}

// ID is the name of a notice within its request.
func ID(i int) *string { return sdk.String(strconv.Itoa(i)) }

// Accept enters that the notice with an ID has been taken.
func (b Batch) Accept(id *string) { b.enter(id, nil) }

// Reject enters that the notice with an ID has not been taken.
func (b Batch) Reject(id, code, message *string, faultOfSender bool) {
	fault := smithy.FaultServer
	if faultOfSender {
		fault = smithy.FaultClient
	}
	b.enter(id, &smithy.GenericAPIError{Code: sdk.ToString(code), Message: sdk.ToString(message), Fault: fault})
}

func (b Batch) enter(id *string, err error) {
	if i, e := strconv.Atoi(sdk.ToString(id)); e == nil && i >= 0 && i < len(b) {
		b[i] = err
	}
}
