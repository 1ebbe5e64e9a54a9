package rest

import (
	"context"
	"reflect"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre/environment"
)

func TestBindTakesEachMemberFromItsPlaceOnly(t *testing.T) {
	op := Voice.Operation("UpdateVoiceConnector")
	inBody, aside, err := gathered(op, "abcdefghijklmnopqrstuv", `{"Name":"a","RequireEncryption":true,"VoiceConnectorId":"other","ResultMetadata":{}}`)
	if err != nil {
		t.Fatal(err)
	}
	in := new(sdk.UpdateVoiceConnectorInput)
	if err := bind(in, inBody, aside); err != nil {
		t.Fatal(err)
	}
	want := &sdk.UpdateVoiceConnectorInput{Name: new("a"), RequireEncryption: new(true), VoiceConnectorId: new("abcdefghijklmnopqrstuv")}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got %+v", in)
	}
}

func TestBindReadsTheQuery(t *testing.T) {
	op := Voice.Operation("ListPhoneNumbers")
	inBody, aside, err := gathered(op, "?status=Assigned&product-type=SipMediaApplicationDialIn&max-results=7&next-token=", "")
	if err != nil {
		t.Fatal(err)
	}
	in := new(sdk.ListPhoneNumbersInput)
	if err := bind(in, inBody, aside); err != nil {
		t.Fatal(err)
	}
	want := &sdk.ListPhoneNumbersInput{Status: new("Assigned"), ProductType: "SipMediaApplicationDialIn", MaxResults: new(int32(7)), NextToken: new("")}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got %+v", in)
	}
}

func TestHandlePanicsOnMismatchedInput(t *testing.T) {
	type lacking struct{ Name *string }
	type wrong struct{ VoiceConnectorId int }
	for name, tie := range map[string]func(*Mux){
		"no such operation": func(m *Mux) { Handle(m, Voice, "CallHome", nothing[lacking]) },
		"a service that is not there": func(m *Mux) {
			Handle(m, Pipelines, "ListMediaPipelines", nothing[lacking])
		},
		"a field is missing":      func(m *Mux) { Handle(m, Voice, "CreateVoiceConnector", nothing[lacking]) },
		"a field of another kind": func(m *Mux) { Handle(m, Voice, "GetVoiceConnector", nothing[wrong]) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic, want one")
				}
			}()
			tie(New(environment.Environment{}, Config{}, Deps{}, Voice))
		})
	}
}

func nothing[In any](context.Context, *In) (*struct{}, error) { return nil, nil }
