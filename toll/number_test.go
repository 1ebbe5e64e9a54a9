package toll

import (
	"strings"
	"testing"

	"timbre"
)

func TestNumbersAreOfTheCallingRegions(t *testing.T) {
	us, us2, none := []string{"US"}, []string{"us", "CA"}, []string(nil)
	for _, c := range []struct {
		name, number string
		regions      []string
		want         timbre.TollReason
	}{
		{"home", "+12065550111", us, ""},
		{"home, with separators", "+1 (206) 555-01.11", us, ""},
		{"home, escaped", "%2B12065550111", us, ""},
		{"home, without a country", "2065550111", us, ""},
		{"home, the long way", "01112065550111", us, ""},
		{"two regions", "+16135550111", us2, ""},
		{"toll-free", "+18005551234", us, ""},
		{"worldwide freephone", "+80012345678", us, ""},
		{"another country", "+493012345678", us, timbre.TollRegion},
		{"another country of the same code", "+18765550100", us, timbre.TollRegion},
		{"an unused range of the same code", "+12425550100", us, timbre.TollNumber},
		{"another country by 00", "0037167123456", us, timbre.TollRegion},
		{"another country by 011", "01137167123456", us, timbre.TollRegion},
		{"another country by a prefix of the region", "810493012345678", []string{"RU"}, timbre.TollRegion},
		{"another country, escaped", "%2B493012345678", us, timbre.TollRegion},
		{"another country without a prefix", "493012345678", us, timbre.TollNumber},
		{"behind an access code", "9011493012345678", us, timbre.TollNumber},
		{"a premium number at home", "+19005550100", us, timbre.TollPremium},
		{"a premium number at home, dialled", "09001234567", []string{"DE"}, timbre.TollPremium},
		{"a premium number abroad", "+37190000000", us, timbre.TollPremium},
		{"a premium number, any region", "+37190000000", none, timbre.TollPremium},
		{"a satellite", "+881612345678", none, timbre.TollPremium},
		{"a satellite by 00", "00870773123456", none, timbre.TollPremium},
		{"a carrier of the world", "+88213000000", us, timbre.TollPremium},
		{"an international premium rate", "+979123456789", us, timbre.TollPremium},
		{"a premium number with digits to spare", "+499001234567890", []string{"DE"}, timbre.TollNumber},
		{"the same, any region", "+499001234567890", none, timbre.TollNumber},
		{"behind an access code at home", "900881612345678", []string{"DE"}, timbre.TollNumber},
		{"a personal number", "+447012345678", []string{"GB"}, timbre.TollPremium},
		{"any region", "+493012345678", none, ""},
		{"any region, an extension", "123456", none, ""},
		{"no country", "+999123456789", none, timbre.TollNumber},
		{"too long", "+12065550111" + strings.Repeat("0", 20), us, timbre.TollNumber},
		{"a routing number beside it", "+12065550111;rn=+88213000000", us, timbre.TollNumber},
		{"a country in a parameter", "30123456;phone-context=+49", us, timbre.TollNumber},
		{"tones after it", "+12065550111,88213000000", us, timbre.TollNumber},
		{"forwarding to it", "*21*0037167123456#", us, timbre.TollNumber},
		{"escaped twice", "%252B493012345678", us, timbre.TollNumber},
		{"digits of another script", "+1206555011\u0661\u0662", us, timbre.TollNumber},
		{"all digits of another script", strings.Repeat("\uff13", 11), us, timbre.TollNumber},
		{"spelled, at home", "+1-800-FLOWERS", us, ""},
		{"spelled, premium", "1-900-CALL-NOW", us, timbre.TollPremium},
		{"spelled, another country", "+44 20 FLOWERS7", us, timbre.TollRegion},
		{"spelled, nothing", "0-900-CALL-NOW", us, timbre.TollNumber},
		{"spelled, with a parameter", "1-900-CALL-NOW;npdi", us, timbre.TollNumber},
		{"spelled, in a country of a parameter", "1-900-CALL-NOW;phone-context=+1", us, timbre.TollNumber},
		{"spelled, with an escaped parameter", "+1-900-CALL-NOW%3Bnpdi", us, timbre.TollNumber},
		{"spelled, with a password", "1-900-CALL-NOW:x", us, timbre.TollNumber},
		{"spelled, with tones", "1-900-CALL-NOW,1", us, timbre.TollNumber},
		{"spelled, with a key after it", "1-900-CALL-NOW#", us, timbre.TollNumber},
		{"a name that begins with a digit", "3rd", us, ""},
		{"a name that begins with a digit, with a parameter", "3rd;ops", us, ""},
		{"a name that begins with a digit, which no key has", "7eleven_support", us, ""},
		{"a name that begins with a digit, with a letter of no key", "2nd-línea-de-soporte;x", us, ""},
		{"an extension of a PBX", "2001;phone-context=pbx.example.com", us, ""},
		{"an extension", "2001", us, ""},
		{"a feature code", "*98", us, ""},
		{"a name", "reception-2", us, ""},
		{"nothing", "", us, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got timbre.TollReason
			if d := dialable(c.number, planOf(timbre.Access{CallingRegions: c.regions}), false); d != nil {
				got = d.Reason
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Without calling regions, too, nothing is put through that a gateway could understand as a premium number.
func TestNumbersWithoutACountryAreDialledAtHome(t *testing.T) {
	const nobody, german, american, australian = "", "+4930123456", "+12065550100", "+61212345678"
	for _, c := range []struct {
		name, number, own string
		want              timbre.TollReason
	}{
		{"at home", "03012345678", german, ""},
		{"at home, without a trunk prefix", "2065550111", american, ""},
		{"premium at home", "09001234567", german, timbre.TollPremium},
		{"premium at home, without a trunk prefix", "9005550100", american, timbre.TollPremium},
		{"a satellite by the prefix of the country", "0011881612345678", australian, timbre.TollPremium},
		{"abroad", "004930123456", american, ""},
		{"behind an access code", "900881612345678", german, timbre.TollNumber},
		{"nobody knows where", "03012345678", nobody, timbre.TollNumber},
		{"premium in some countries", "09001234567", nobody, timbre.TollNumber},
		{"behind an access code of nobody", "900881612345678", nobody, timbre.TollNumber},
		{"by a prefix of some countries", "0011881612345678", nobody, timbre.TollNumber},
		{"own number that is none", "09001234567", "+999", timbre.TollNumber},
		{"own number of no country", "09001234567", "+80012345678", timbre.TollNumber},
		{"with a country", "+493012345678", nobody, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got timbre.TollReason
			if d := dialable(c.number, planOf(timbre.Access{Identity: c.own}), false); d != nil {
				got = d.Reason
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if homes := planOf(timbre.Access{Identity: "+442071838750"}).homes; !isEmergency("999", homes) {
		t.Errorf("got 999 for none of emergency in %v", homes)
	}
}

// What passes without a plan is understood by the whole of it, or is too short for a number.
func FuzzDialableAnywhere(f *testing.F) {
	for _, s := range []string{"09001234567", "900881612345678", "0011881612345678", "+4930123456", "00881612345678", "2001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, user string) {
		number, plain := dialled(user)
		if d := dialable(user, plan{}, false); d == nil && plain && countDigits(number) > longestInternal && len(readingsOf(number, nil)) == 0 {
			t.Errorf("%q may be called", user)
		}
	})
}

func TestPremiumNumbersOfTheRegionMayBePassed(t *testing.T) {
	for number, want := range map[string]timbre.TollReason{"+19005550100": "", "+37190000000": timbre.TollRegion, "+88213000000": timbre.TollRegion} {
		var got timbre.TollReason
		if d := dialable(number, planOf(timbre.Access{CallingRegions: []string{"US"}}), true); d != nil {
			got = d.Reason
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", number, got, want)
		}
	}
}

// FuzzDialable looks for a number of another country that is taken for one of the region.
func FuzzDialable(f *testing.F) {
	for _, s := range []string{"+12065550111", "0037167123456", "%2B88213000000", "+1;rn=+88213000000", "+", "*21*1#", "%", "00+371"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, user string) {
		d := dialable(user, planOf(timbre.Access{CallingRegions: []string{"US"}}), false)
		number, _ := dialled(user)
		if d == nil && strings.HasPrefix(number, "+") && !strings.HasPrefix(number, "+1") && !strings.HasPrefix(number, "+800") && !strings.HasPrefix(number, "+808") && countDigits(number) > longestInternal {
			t.Errorf("%q may be called", user)
		}
	})
}
