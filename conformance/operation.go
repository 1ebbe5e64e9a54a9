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

// call performs an operation through the SDK, such as voice.GetVoiceConnector or media.GetMediaPipeline. Input and output use
// the member names of the model; absent members are null.
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

// exception returns the SDK type of an error: empty if it has none.
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

// wants checks that an error is an exception. An unsupported operation stays unsupported.
func wants(name string, err error) error {
	if err == nil {
		return fmt.Errorf("got success, want %s", name)
	}
	if _, unsupported := refusesOperation(err); unsupported {
		return err
	}
	if exception(err) == name {
		return nil
	}
	return fmt.Errorf("want %s, got %w", name, err)
}
