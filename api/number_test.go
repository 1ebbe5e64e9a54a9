package api_test

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre/api"
	"timbre/environment"
)

const first, second, free = "+12065550100", "+12065550101", "+18005550100"

// stock sets the inventory as of a time.
func (s *server) stock(t testing.TB, at time.Time, numbers ...string) {
	t.Helper()
	env := environment.Environment{Region: "us-east-1", Account: "000000000000", NewID: newID, Now: func() time.Time { return at }, Steady: func() time.Time { return at }}
	if err := api.Stock(s.ctx, env, s.fake, numbers); err != nil {
		t.Fatal(err)
	}
}

func (s *server) number(t testing.TB, id string) *types.PhoneNumber {
	t.Helper()
	return must(s.voice.GetPhoneNumber(s.ctx, &sdk.GetPhoneNumberInput{PhoneNumberId: &id}))(t).PhoneNumber
}

func (s *server) list(t testing.TB, in sdk.ListPhoneNumbersInput) string {
	t.Helper()
	var ids []string
	for pages := sdk.NewListPhoneNumbersPaginator(s.voice, &in); pages.HasMorePages(); {
		for _, n := range must(pages.NextPage(s.ctx))(t).PhoneNumbers {
			ids = append(ids, *n.PhoneNumberId+" "+string(n.Status))
		}
	}
	return fmt.Sprint(ids)
}

func TestInventoryMatchesTheOperatorsList(t *testing.T) {
	s := serve(t)
	equal(t, "before", s.list(t, sdk.ListPhoneNumbersInput{}), "[]")
	s.stock(t, now, first, second, free)
	equal(t, "in pages of one", s.list(t, sdk.ListPhoneNumbersInput{MaxResults: new(int32(1))}),
		"[+12065550100 Unassigned +12065550101 Unassigned +18005550100 Unassigned]")
	n := s.number(t, "12065550100")
	equal(t, "number", *n.E164PhoneNumber, first)
	equal(t, "type", n.Type, types.PhoneNumberTypeLocal)
	equal(t, "type", s.number(t, free).Type, types.PhoneNumberTypeTollFree)
	equal(t, "product", n.ProductType, types.PhoneNumberProductTypeVoiceConnector)
	equal(t, "calling name", n.CallingNameStatus, types.CallingNameStatusUnassigned)
	equal(t, "created", *n.CreatedTimestamp, now)

	id := s.connector(t)
	s.associate(t, id, false, first)
	s.stock(t, now, second) // the first is associated and stays
	equal(t, "later", s.list(t, sdk.ListPhoneNumbersInput{}), "[+12065550100 Assigned +12065550101 Unassigned]")
	_, err := s.voice.GetPhoneNumber(s.ctx, &sdk.GetPhoneNumberInput{PhoneNumberId: new(free)})
	fails[*types.NotFoundException](t, err, "phone number")
}

func (s *server) associate(t testing.TB, connector string, force bool, numbers ...string) []types.PhoneNumberError {
	t.Helper()
	return must(s.voice.AssociatePhoneNumbersWithVoiceConnector(s.ctx, &sdk.AssociatePhoneNumbersWithVoiceConnectorInput{
		VoiceConnectorId: &connector, E164PhoneNumbers: numbers, ForceAssociate: &force,
	}))(t).PhoneNumberErrors
}

func TestConnectorWithAssociatedNumbersCannotBeDeleted(t *testing.T) {
	s := serve(t)
	s.stock(t, now, first, second)
	one, two, group := s.connector(t), s.connector(t), s.group(t)
	failed := s.associate(t, one, false, first, "+19995550000")
	equal(t, "errors", len(failed), 1)
	equal(t, "number", *failed[0].PhoneNumberId, "+19995550000")
	equal(t, "code", failed[0].ErrorCode, types.ErrorCodeNotFound)
	equal(t, "again", len(s.associate(t, one, false, first)), 0)

	n := s.number(t, first)
	equal(t, "status", n.Status, types.PhoneNumberStatusAssigned)
	equal(t, "association", n.Associations[0].Name, types.PhoneNumberAssociationNameVoiceConnectorId)
	equal(t, "value", *n.Associations[0].Value, one)
	equal(t, "since", *n.Associations[0].AssociatedTimestamp, now)
	_, err := s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &one})
	fails[*types.ConflictException](t, err, "in use")

	equal(t, "of another", s.associate(t, two, false, first)[0].ErrorCode, types.ErrorCodePhoneNumberAssociationsExist)
	equal(t, "by force", len(s.associate(t, two, true, first)), 0)
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &one}))(t)
	equal(t, "filter", s.list(t, sdk.ListPhoneNumbersInput{FilterName: types.PhoneNumberAssociationNameVoiceConnectorId, FilterValue: &two}), "[+12065550100 Assigned]")
	equal(t, "filter", s.list(t, sdk.ListPhoneNumbersInput{Status: new("Unassigned")}), "[+12065550101 Unassigned]")
	equal(t, "filter", s.list(t, sdk.ListPhoneNumbersInput{ProductType: types.PhoneNumberProductTypeSipMediaApplicationDialIn}), "[]")

	of := func(id string) *sdk.DisassociatePhoneNumbersFromVoiceConnectorInput {
		return &sdk.DisassociatePhoneNumbersFromVoiceConnectorInput{VoiceConnectorId: &id, E164PhoneNumbers: []string{first}}
	}
	equal(t, "gone", len(must(s.voice.DisassociatePhoneNumbersFromVoiceConnector(s.ctx, of(two)))(t).PhoneNumberErrors), 0)
	equal(t, "again", must(s.voice.DisassociatePhoneNumbersFromVoiceConnector(s.ctx, of(two)))(t).PhoneNumberErrors[0].ErrorCode, types.ErrorCodeNotFound)
	_, err = s.voice.DisassociatePhoneNumbersFromVoiceConnector(s.ctx, of(one))
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.AssociatePhoneNumbersWithVoiceConnector(s.ctx, &sdk.AssociatePhoneNumbersWithVoiceConnectorInput{VoiceConnectorId: &one, E164PhoneNumbers: []string{first}})
	fails[*types.NotFoundException](t, err, "")
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &two}))(t)

	must(s.voice.AssociatePhoneNumbersWithVoiceConnectorGroup(s.ctx, &sdk.AssociatePhoneNumbersWithVoiceConnectorGroupInput{VoiceConnectorGroupId: &group, E164PhoneNumbers: []string{second}}))(t)
	equal(t, "association", s.number(t, second).Associations[0].Name, types.PhoneNumberAssociationNameVoiceConnectorGroupId)
	_, err = s.voice.DeleteVoiceConnectorGroup(s.ctx, &sdk.DeleteVoiceConnectorGroupInput{VoiceConnectorGroupId: &group})
	fails[*types.ConflictException](t, err, "in use")
	must(s.voice.DisassociatePhoneNumbersFromVoiceConnectorGroup(s.ctx, &sdk.DisassociatePhoneNumbersFromVoiceConnectorGroupInput{VoiceConnectorGroupId: &group, E164PhoneNumbers: []string{second}}))(t)
	must(s.voice.DeleteVoiceConnectorGroup(s.ctx, &sdk.DeleteVoiceConnectorGroupInput{VoiceConnectorGroupId: &group}))(t)
	_, err = s.voice.DisassociatePhoneNumbersFromVoiceConnectorGroup(s.ctx, &sdk.DisassociatePhoneNumbersFromVoiceConnectorGroupInput{VoiceConnectorGroupId: &group, E164PhoneNumbers: []string{second}})
	fails[*types.NotFoundException](t, err, "group")
	_, err = s.voice.AssociatePhoneNumbersWithVoiceConnectorGroup(s.ctx, &sdk.AssociatePhoneNumbersWithVoiceConnectorGroupInput{VoiceConnectorGroupId: &group, E164PhoneNumbers: []string{second}})
	fails[*types.NotFoundException](t, err, "group")
}

func TestUpdateNumbers(t *testing.T) {
	s := serve(t)
	s.stock(t, now, first, second)
	n := must(s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(first), CallingName: new("Timbre"), Name: new("front desk")}))(t).PhoneNumber
	equal(t, "calling name", *n.CallingName, "Timbre")
	equal(t, "status", n.CallingNameStatus, types.CallingNameStatusUpdateSucceeded)
	must(s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(first), CallingName: new("")}))(t)
	n = s.number(t, first)
	equal(t, "calling name", n.CallingName == nil, true)
	equal(t, "status", n.CallingNameStatus, types.CallingNameStatusUnassigned)
	equal(t, "name", *n.Name, "front desk")

	dialIn := types.PhoneNumberProductTypeSipMediaApplicationDialIn
	failed := must(s.voice.BatchUpdatePhoneNumber(s.ctx, &sdk.BatchUpdatePhoneNumberInput{UpdatePhoneNumberRequestItems: []types.UpdatePhoneNumberRequestItem{
		{PhoneNumberId: new(second), ProductType: dialIn}, {PhoneNumberId: new("+19995550000"), ProductType: dialIn},
	}}))(t).PhoneNumberErrors
	equal(t, "errors", len(failed), 1)
	equal(t, "code", failed[0].ErrorCode, types.ErrorCodeNotFound)
	equal(t, "product", s.number(t, second).ProductType, dialIn)
	_, err := s.voice.BatchUpdatePhoneNumber(s.ctx, &sdk.BatchUpdatePhoneNumberInput{UpdatePhoneNumberRequestItems: []types.UpdatePhoneNumberRequestItem{
		{PhoneNumberId: new(second)}, {PhoneNumberId: new("12065550101")},
	}})
	fails[*types.BadRequestException](t, err, "more than once")

	equal(t, "of another product", s.associate(t, s.connector(t), false, second)[0].ErrorCode, types.ErrorCodeBadRequest)
	s.associate(t, s.connector(t), false, first)
	_, err = s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(first), ProductType: dialIn})
	fails[*types.ConflictException](t, err, "associated")
	_, err = s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new("+19995550000"), Name: new("x")})
	fails[*types.NotFoundException](t, err, "phone number")
}

func TestDeletedNumberCanBeRestoredForAWeek(t *testing.T) {
	s := serve(t)
	s.stock(t, now, first, second)
	id := s.connector(t)
	s.associate(t, id, false, first)
	_, err := s.voice.DeletePhoneNumber(s.ctx, &sdk.DeletePhoneNumberInput{PhoneNumberId: new(first)})
	fails[*types.BadRequestException](t, err, "associated")
	failed := must(s.voice.BatchDeletePhoneNumber(s.ctx, &sdk.BatchDeletePhoneNumberInput{PhoneNumberIds: []string{first, second}}))(t).PhoneNumberErrors
	equal(t, "errors", len(failed), 1)
	equal(t, "code", failed[0].ErrorCode, types.ErrorCodePhoneNumberAssociationsExist)
	n := s.number(t, second)
	equal(t, "status", n.Status, types.PhoneNumberStatusDeleteInProgress)
	equal(t, "deleted", *n.DeletionTimestamp, now)
	equal(t, "associating it", s.associate(t, id, false, second)[0].ErrorCode, types.ErrorCodeBadRequest)
	for _, err := range []error{
		refusal(s.voice.DeletePhoneNumber(s.ctx, &sdk.DeletePhoneNumberInput{PhoneNumberId: new(second)})),
		refusal(s.voice.UpdatePhoneNumber(s.ctx, &sdk.UpdatePhoneNumberInput{PhoneNumberId: new(second), Name: new("x")})),
	} {
		fails[*types.BadRequestException](t, err, "deletion queue")
	}

	n = must(s.voice.RestorePhoneNumber(s.ctx, &sdk.RestorePhoneNumberInput{PhoneNumberId: new(second)}))(t).PhoneNumber
	equal(t, "status", n.Status, types.PhoneNumberStatusUnassigned)
	_, err = s.voice.RestorePhoneNumber(s.ctx, &sdk.RestorePhoneNumberInput{PhoneNumberId: new(second)})
	fails[*types.BadRequestException](t, err, "not in the deletion queue")
	must(s.voice.DeletePhoneNumber(s.ctx, &sdk.DeletePhoneNumberInput{PhoneNumberId: new(second)}))(t)
	s.stock(t, now.Add(6*24*time.Hour), first, second)
	equal(t, "six days later", s.number(t, second).Status, types.PhoneNumberStatusDeleteInProgress)
	s.stock(t, now.Add(7*24*time.Hour), first, second)
	equal(t, "a week later, still listed", s.number(t, second).Status, types.PhoneNumberStatusUnassigned)
}

func refusal[T any](_ T, err error) error { return err }

func TestNumberIsReleasedAWeekAfterItsDeletion(t *testing.T) {
	s := serve(t)
	s.stock(t, now.Add(-8*24*time.Hour), first)
	key := "phone number/" + first
	r := s.resources.byID[key]
	r.Document = []byte(`{"PhoneNumberId":"` + first + `","DeletionTimestamp":"` + now.Add(-7*24*time.Hour).Format(time.RFC3339Nano) + `"}`)
	s.resources.byID[key] = r
	equal(t, "list", s.list(t, sdk.ListPhoneNumbersInput{}), "[]")
	for _, err := range []error{
		refusal(s.voice.GetPhoneNumber(s.ctx, &sdk.GetPhoneNumberInput{PhoneNumberId: new(first)})),
		refusal(s.voice.RestorePhoneNumber(s.ctx, &sdk.RestorePhoneNumberInput{PhoneNumberId: new(first)})),
	} {
		fails[*types.NotFoundException](t, err, "phone number")
	}
}
