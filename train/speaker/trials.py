"""Trials: who is enrolled from which 20 s, who is tested with which 10 s, and over which telephone line."""
import numpy as np

from . import audio, corpora

ENROL, TEST, MOST = 20 * audio.NARROW, 10 * audio.NARROW, 5  # samples; tests a person and line
BAND = (300, 3400)  # Hz


def split(samples, utterances, sessions):
    """Speech to enrol and speech to test with. Of several sessions, the oldest and the newest recordings."""
    if not sessions:
        return samples[:ENROL], samples[ENROL:]
    utterances = sorted(utterances, key=lambda u: u[2] if len(u) > 2 else 0)
    join = lambda us: np.concatenate([samples[u[0] // 2:(u[0] + u[1]) // 2] for u in us]) if us else samples[:0]
    lengths = np.cumsum([u[1] // 2 for u in utterances])
    first = int(np.searchsorted(lengths, ENROL)) + 1
    return join(utterances[:first])[:ENROL], join(utterances[first:][-40:])


def pieces(samples):
    starts = range(0, len(samples) - TEST + 1, TEST)
    return [samples[starts[i]:starts[i] + TEST] for i in sorted(set(np.linspace(0, len(starts) - 1, MOST).round().astype(int)))] if starts else []


def rms(x):
    return np.sqrt(np.square(x).mean() + 1e-12)


def band(x):
    hertz = np.maximum(np.fft.rfftfreq(len(x), 1 / audio.NARROW), 1)
    gain = 1 / np.sqrt((1 + (BAND[0] / hertz) ** 8) * (1 + (hertz / BAND[1]) ** 8))
    return np.fft.irfft(np.fft.rfft(x) * gain, len(x))


def g711(x):
    x = np.clip(x, -1, 1)
    steps = np.round((np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) + 1) * 127.5) / 127.5 - 1
    return (np.sign(steps) * (256 ** np.abs(steps) - 1) / 255).astype(np.float32)


def telephone(x, peak=0.5):
    y = band(x)
    return g711(y / (np.abs(y).max() + 1e-9) * peak)


def noisy(x, noise, snr):
    return x + noise * rms(x) / rms(noise) * 10 ** (-snr / 20)


def handset(x, random, _):
    """A tilted handset, coloured noise at 10 to 20 dB, any level."""
    kilohertz = np.fft.rfftfreq(len(x), 1 / audio.NARROW) / 1000 + 0.05
    voice = np.fft.irfft(np.fft.rfft(x) * 10 ** (random.uniform(-6, 6) * np.log2(kilohertz) / 2 / 20), len(x))
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal(len(x))) * kilohertz ** random.uniform(-1.5, 0.3), len(x))
    return telephone(noisy(voice, noise, random.uniform(10, 20)), 10 ** random.uniform(-1.3, -0.3))


def gsm(x, random, _):
    wide = audio.resample((telephone(x) * 32767).astype(np.int16), audio.NARROW, audio.WIDE)
    return audio.floats(audio.through('gsm', wide, random))


def babble(x, random, others):
    chosen = random.choice(len(others), min(5, len(others)), replace=False)
    return telephone(noisy(x, sum(np.resize(others[i], len(x)) / rms(others[i]) for i in chosen), 10))


LINES = {
    'tel': lambda x, random, others: telephone(x),
    'telnoise': handset,
    'gsm': gsm,
    'white5': lambda x, random, others: telephone(noisy(x, random.standard_normal(len(x)), 5)),
    'babble10': babble,
}
POOLED = 'tel', 'telnoise'  # the lines of the pooled figures


def read(folder):
    """Each person of the dev part: name, corpus, speech to enrol, speech to test with."""
    import json
    import pathlib
    index, table = json.loads((pathlib.Path(folder) / 'index.json').read_text()), corpora.table()
    for name, corpus, file in corpora.people(folder, 'dev'):
        enrol, test = split(audio.floats(audio.read(file, audio.NARROW)), index[name]['utterances'], table[corpus].sessions)
        if len(enrol) >= 0.6 * ENROL and pieces(test):
            yield name, corpus, enrol, pieces(test)


def build(folder, seed=1):
    """(name, corpus, enrolment, {line: tests}) of each person."""
    random, people = np.random.default_rng(seed), list(read(folder))
    for name, corpus, enrol, tests in people:
        others = [p[2] for p in people if p[0] != name]
        yield name, corpus, telephone(enrol), {line: [through(t, random, others) for t in tests] for line, through in LINES.items()}
