package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// upload is the form whose file field has a label.
const upload = `//form[.//label[contains(., %q)]]`

// plays chooses a recording of the demo in the form whose field has a label, and sends it.
func (p *page) plays(label, recording string) {
	p.t.Helper()
	file, err := filepath.Abs(filepath.Join(root, "cmd", "timbre", "demo", "calls", recording+".wav"))
	if err != nil {
		p.t.Fatal(err)
	}
	form := fmt.Sprintf(upload, label)
	p.do(chromedp.WaitVisible(form), chromedp.SetUploadFiles(form+`//input[@type="file"]`, []string{file}))
	p.chooses(form + `//button[not(@disabled)]`)
}

// presses clicks a button by its text, once it is there.
func (p *page) presses(text string) {
	p.t.Helper()
	p.sees(text, fmt.Sprintf(`[...document.querySelectorAll('button')].some((b) => b.innerText === %q)`, text))
	p.chooses(fmt.Sprintf(`//button[normalize-space(.) = %q]`, text))
}

// chooses follows a link or presses a button by the keyboard: what comes in meanwhile moves them away from a mouse.
func (p *page) chooses(xpath string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(xpath), chromedp.Focus(xpath), chromedp.KeyEvent(kb.Enter))
}

// On a server with nothing in it: the set-up until a caller is recognised, analyses by hand, a voice from a recording, and a dead letter that is
// tried again.
func TestEmptyServerIsSetUpAndUsed(t *testing.T) {
	program, begun := binary(t), time.Now()
	step := func(what string) { t.Logf("%5.1f s: %s", time.Since(begun).Seconds(), what) }
	var gone atomic.Bool // the endpoint of events wants no more
	gone.Store(true)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if gone.Load() {
			w.WriteHeader(http.StatusGone)
		}
	}))
	t.Cleanup(endpoint.Close)
	at, id, secret := startEmpty(t, program, endpoint.URL)
	step("the server is ready")
	p := open(t, at, wide)
	p.signIn(id, secret)
	p.show("setup", "Set-up")
	p.presses("Create a connector")
	p.reads("Calls come in at")
	p.presses("Create a domain")
	p.reads("Voices are enrolled in")
	p.sendsEvents()
	step("there are a connector and a domain")
	p.keep("setup-begun")

	p.plays("Recording of a voice", "s1_enrol_caller")
	p.presses("Enrol this voice")
	p.reads("Enrolled as")
	step("the caller is enrolled")
	p.plays("Another recording", "s1_second_caller")
	p.reads("Timbre knows the voice")
	step("the caller is recognised")
	p.keep("setup-done")

	call := p.quietCall()
	p.show("live", "Live calls")
	p.chooses(fmt.Sprintf(`//td//a[contains(@href, %q)]`, call))
	p.presses("Start a voice tone analysis")
	tone := `[...document.querySelectorAll('article.task')].find((a) => a.innerText.includes('Voice tone analysis'))`
	p.sees("the analysis", tone)
	p.chooses(`//article[contains(., "Voice tone analysis")]//button[normalize-space(.) = "Stop"]`)
	p.sees("the end of the analysis", `!`+tone+`.innerText.includes('Stop')`)
	step("an analysis is started and stopped")

	p.show("domains", "Voices")
	p.chooses(`(//td//a)[1]`)
	p.plays("Recording of one voice", "s2_enrol_caller")
	p.sees("a second voice", `document.querySelectorAll('tbody tr').length === 2`)
	step("a voice is enrolled from a recording")
	p.keep("voices-enrolled")

	p.show("targets", "Targets")
	p.chooses(`(//td//a)[1]`)
	p.sees("a dead letter", `document.querySelector('[aria-label="Dead letters"] tbody tr')`)
	p.keep("dead-letters")
	gone.Store(false)
	p.chooses(`//section[@aria-label="Dead letters"]//button[normalize-space(.) = "Retry all"]`)
	p.reads("will be tried again")
	p.show("targets", "Targets")
	p.reads("Everything has been delivered")
	step("the dead letters are delivered")
}

// quietCall begins a call that lasts longer than the test, however slow the machine is, and returns its transaction id.
func (p *page) quietCall() string {
	p.t.Helper()
	return value[string](p, `(async () => {
		const ask = async (path, request) => {
			const answer = await fetch('/console/' + path, request);
			if (!answer.ok) { throw new Error(await answer.text()); }
			return answer;
		};
		const {VoiceConnectors: [{VoiceConnectorId: connector}]} = await (await ask('api/voice-connectors')).json();
		const length = 9 * 60 * 2 * 8000; // nine minutes of PCM: 16 bits, 8 kHz, one channel
		const header = [0x46464952, 36 + length, 0x45564157, 0x20746d66, 16, 0x00010001, 8000, 16000, 0x00100002, 0x61746164, length];
		const wav = new Blob([new Uint32Array(header), new Uint8Array(length)], {type: 'audio/wav'});
		const {transactionId: id} = await (await ask('recordings?from=quiet&connector=' + connector, {method: 'POST', body: wav})).json();
		await ask('recordings/' + id + '/play?speed=1', {method: 'POST'});
		return id;
	})()`)
}

// sendsEvents lets the connector of the set-up send its events to the webhook, which the page does not offer.
func (p *page) sendsEvents() {
	p.t.Helper()
	status := value[string](p, `(async () => {
		const ask = async (method, path, body) => {
			const answer = await fetch('/console/api/' + path, {method, headers: {'Content-Type': 'application/json'}, body: body && JSON.stringify(body)});
			if (!answer.ok) { throw new Error(await answer.text()); }
			return answer.json();
		};
		const {VoiceConnectors: [{VoiceConnectorId: id}]} = await ask('GET', 'voice-connectors');
		const {MediaInsightsPipelineConfiguration: made} = await ask('POST', 'media-insights-pipeline-configurations', {
			MediaInsightsPipelineConfigurationName: 'with-events', ResourceAccessRoleArn: 'arn:aws:iam::000000000000:role/unused',
			Elements: [{Type: 'VoiceAnalyticsProcessor'}, {Type: 'SqsQueueSink', SqsQueueSinkConfiguration: {InsightsTarget: '`+webhook+`'}}],
		});
		await ask('PUT', 'voice-connectors/' + id + '/streaming-configuration', {StreamingConfiguration: {
			DataRetentionInHours: 0, Disabled: false,
			MediaInsightsConfiguration: {Disabled: false, ConfigurationArn: made.MediaInsightsPipelineConfigurationArn},
		}});
		return 'done';
	})().catch(String)`)
	if status != "done" {
		p.t.Fatal(status)
	}
}
