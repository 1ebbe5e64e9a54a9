"""Reference embeddings: what the PyTorch network says of pieces of the demo calls, for the test of the Go path."""
import json
import pathlib

import torch

from . import audio, campplus, frontend

CALLS = pathlib.Path(__file__).parents[2] / 'cmd/timbre/demo/calls'
PIECES = (  # file, first sample at 8 kHz, samples
    ('s1_enrol_caller.wav', 16000, 4000), ('s2_enrol_caller.wav', 24000, 12001), ('s3_enrol_caller.wav', 30000, 24000),
    ('s4_second_caller.wav', 8000, 80000), ('s5_second_caller.wav', 40000, 160079), ('s1_second_caller.wav', 0, 240000),
)


def write(weights, out):
    embed = frontend.Embedder(campplus.load(weights))
    cases = []
    for file, start, length in PIECES:
        samples = audio.floats(audio.read(CALLS / file, frontend.RATE // 2)[start:start + length])
        with torch.no_grad():
            embedding = embed(torch.from_numpy(samples)[None])[0]
        cases.append(dict(file=file, start=start, length=length, embedding=[round(float(v), 6) for v in embedding]))
    rows = ',\n'.join(json.dumps(c) for c in cases)
    pathlib.Path(out).write_text('[\n%s\n]\n' % rows)
