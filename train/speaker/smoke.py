"""The whole chain on voices that are made here: buzzing vowels of people who do not exist. It shows that the stages fit together and
that what is exported is what was trained; it says nothing about speech."""
import json
import pathlib
import shutil
import tempfile
import time
import wave

import numpy as np
import torch

from . import audio, campplus, card, degrade, evaluate, export, frontend, prepare, teach, train

TRAINING, TESTING = 6, 4  # people
SECONDS = {'train': 8, 'dev': 42}
EQUAL = 0.9999  # least cosine between ONNX and PyTorch


def buzz(seconds, random):
    """Vowels of one voice: a pulse train at its pitch through its formants, with pauses."""
    samples, pitch, size = seconds * audio.WIDE, random.uniform(90, 260), random.uniform(0.8, 1.25)
    phase = np.cumsum(pitch * (1 + 0.08 * np.sin(np.arange(samples) / 9000)) / audio.WIDE)
    source = np.diff(np.floor(phase), prepend=0) + 0.01 * random.standard_normal(samples)
    out = np.zeros(samples)
    for start in range(0, samples, 2400):
        block = np.fft.rfft(source[start:start + 4800], 8192)
        hertz = np.fft.rfftfreq(8192, 1 / audio.WIDE)
        formants = size * random.uniform((300, 900, 2200, 3300), (800, 2200, 3000, 4200))
        gain = sum(1 / (1 + ((hertz - f) / 120) ** 2) for f in formants)
        piece = np.fft.irfft(block * gain, 8192)[:min(4800, samples - start)]
        out[start:start + len(piece)] += piece * np.hanning(4800)[:len(piece)] * (random.random() > 0.15)
    return (out / np.abs(out).max() * 16000).astype(np.int16)


def corpus(folder, random):
    index = {}
    for part, people in (('train', TRAINING), ('dev', TESTING)):
        for i in range(people):
            name = '%s-%d' % (part, i)
            samples = buzz(SECONDS[part], random)
            with wave.open(str(folder / (name + '.wav')), 'wb') as file:
                file.setparams((1, 2, audio.WIDE, 0, 'NONE', ''))
                file.writeframes(samples.tobytes())
            index[name] = {'corpus': 'buzz', 'part': part, 'file': name + '.wav', 'seconds': SECONDS[part], 'utterances': [[0, len(samples)]]}
    (folder / 'index.json').write_text(json.dumps(index))


def equal(onnx, weights, random):
    """The least cosine between the ONNX file and the network in PyTorch, from half a second on."""
    import onnxruntime
    session, net = onnxruntime.InferenceSession(str(onnx), providers=['CPUExecutionProvider']), frontend.Embedder(campplus.load(weights))
    cosines = []
    for samples in (4000, 12345, 24000, 80079):
        x = audio.floats(buzz(samples // audio.NARROW + 1, random))[:samples][None]
        with torch.no_grad():
            cosines.append(float((session.run(None, {'samples': x})[0] * net(torch.from_numpy(x)).numpy()).sum()))
    return min(cosines)


def smoke():
    started, work = time.time(), pathlib.Path(tempfile.mkdtemp())
    try:
        chain(work, np.random.default_rng(1))
    finally:
        shutil.rmtree(work)
    print('the chain took %.0f s' % (time.time() - started))


def chain(work, random):
    corpus(work, random)
    torch.manual_seed(1)
    campplus.save(campplus.CAMPlusPlus(), work / 'teacher.pt')
    prepare.prepare(work, work)
    degrade.degrade(work)
    teach.teach(work, work / 'teacher.pt')
    losses = [train.train(work, work / 'teacher.pt', work / ('seed%d.pt' % seed), seed, steps=2, batch=4) for seed in (1, 2)]
    check(np.isfinite(losses).all(), 'got losses %s' % losses)
    train.average(work / 'soup.pt', [work / 'seed1.pt', work / 'seed2.pt'])
    check(moved(work / 'teacher.pt', work / 'soup.pt'), 'training left the weights as they were')
    export.export(work / 'soup.pt', work / 'speaker.onnx')
    cosine = equal(work / 'speaker.onnx', work / 'soup.pt', random)
    check(cosine >= EQUAL, 'got cosine %.6f between ONNX and PyTorch, want at least %s' % (cosine, EQUAL))
    table = evaluate.evaluate(work / 'speaker.onnx', work, work / 'figures.json')
    check(0 <= table['pooled']['eer'] <= 100, 'got figures %s' % table)
    card.card(work / 'speaker.onnx', work / 'figures.json', '0.0.0')
    check('| clean and noisy telephone |' in (work / 'model_card.md').read_text(), 'the card lacks the figures')
    print('cosine between ONNX and PyTorch at least %.7f' % cosine)


def moved(before, after):
    before, after = campplus.load(before).state_dict(), campplus.load(after).state_dict()
    return any(not torch.equal(before[k], after[k]) for k in before)


def check(holds, message):
    if not holds:
        raise SystemExit('smoke: ' + message)
