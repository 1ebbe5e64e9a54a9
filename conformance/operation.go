package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/smithy-go"
)

// call has the stock SDK carry out an operation, named as voice.GetVoiceConnector or media.GetMediaPipeline, with input
// in the model's member names. The output comes back in the same names; what is absent is null.
func (s *session) call(ctx context.Context, operation string, with any) (map[string]any, error) {
	service, name, _ := strings.Cut(operation, ".")
	var client any = s.voice
	if service == "media" {
		client = s.media
	}
	method := reflect.ValueOf(client).MethodByName(name)
	if !method.IsValid() {
		return nil, fmt.Errorf("the SDK has no operation %s", operation)
	}
	in := reflect.New(method.Type().In(1).Elem())
	text, err := json.Marshal(with)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(in.Interface()); err != nil {
		return nil, fmt.Errorf("input of %s: %w", operation, err)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	if err, _ := out[1].Interface().(error); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(out[0].Interface()); err != nil {
		return nil, err
	}
	var got map[string]any
	err = json.Unmarshal(text, &got)
	delete(got, "ResultMetadata")
	return got, err
}

// exception is the name of the type that the SDK gave an error: empty when it gave none.
func exception(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	if _, generic := api.(*smithy.GenericAPIError); generic {
		return ""
	}
	return reflect.TypeOf(api).Elem().Name()
}

// wants says whether an error is the exception that it should be. The server's statement that it does not do the operation
// stays that.
func wants(name string, err error) error {
	if err == nil {
		return fmt.Errorf("it was taken; %s was due", name)
	}
	if _, unserved := refusesOperation(err); unserved {
		return err
	}
	if exception(err) == name {
		return nil
	}
	return fmt.Errorf("%s was due: %w", name, err)
}
