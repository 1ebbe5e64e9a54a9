"""A Whisper of random weights, a few kilobytes, and what it writes down of a demo call: for the tests of the Go code.

    python tiny.py --calls ../../cmd/timbre/demo/calls --out ../../tone/words/testdata

The text is computed here as Whisper's authors do, at 16 kHz and without the decoder's memory; only the weights are shared with the Go code.
"""
import argparse
import json

import numpy as np
import soundfile as sf
import torch
from scipy.signal import resample

from whisper import BANDS, Decoder, Encoder, export

WIDTH, WORDS = 8, 40
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]


def weights(seed):
    g, v = torch.Generator().manual_seed(seed), {}
    random = lambda *shape: torch.randn(*shape, generator=g) / shape[-1] ** 0.5
    norm = lambda name: v.update({f"{name}/gamma": torch.ones(WIDTH), f"{name}/beta": torch.zeros(WIDTH)})
    dense = lambda name, o, i: v.update({f"{name}/weight": 2 * random(o, i), f"{name}/bias": random(o)})
    for side in ("encoder", "decoder"):
        layer = f"{side}/layer_0"
        for part in ("self_attention", "ffn") + (("attention",) if side == "decoder" else ()):
            norm(f"{layer}/{part}/layer_norm")
        dense(f"{layer}/self_attention/linear_0", 3 * WIDTH, WIDTH), dense(f"{layer}/self_attention/linear_1", WIDTH, WIDTH)
        dense(f"{layer}/ffn/linear_0", WIDTH, WIDTH), dense(f"{layer}/ffn/linear_1", WIDTH, WIDTH)
        norm(f"{side}/layer_norm")
    for i, n in ((0, 1), (1, 2), (2, 1)):
        dense(f"decoder/layer_0/attention/linear_{i}", n * WIDTH, WIDTH)
    v["encoder/conv1/weight"], v["encoder/conv1/bias"] = 3 * random(WIDTH, BANDS, 3), random(WIDTH)
    v["encoder/conv2/weight"], v["encoder/conv2/bias"] = 3 * random(WIDTH, WIDTH, 3), random(WIDTH)
    v["encoder/position_encodings/encodings"] = random(400, WIDTH)
    v["decoder/position_encodings/encodings"] = 8 * random(64, WIDTH)  # so that it does not repeat itself
    v["decoder/layer_0/attention/linear_2/weight"] *= 8  # so that it listens
    v["decoder/embeddings/weight"] = 3 * random(WORDS + len(SPECIAL), WIDTH)
    v["decoder/embeddings/weight"][WORDS] = 0.0  # the end is rarely the likeliest
    v["decoder/embeddings/weight"][WORDS + 6] = -9.0  # there is speech
    return v


def mel(x):
    """Whisper's log-mel spectrogram of samples at 16 kHz"""
    hz = lambda m: np.where(m < 15, m * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (m - 15)))
    top = 15 + np.log(8) / (np.log(6.4) / 27)
    edges, bins = hz(np.linspace(0, top, BANDS + 2)), np.arange(201) * 40
    bank = [np.maximum(0, np.minimum((bins - a) / (b - a), (c - bins) / (c - b))) * 2 / (c - a) for a, b, c in zip(edges, edges[1:], edges[2:])]
    y = np.pad(x, 200, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(y, 400)[::160][: len(x) // 160]
    power = np.abs(np.fft.rfft(frames * np.hanning(401)[:-1])) ** 2
    level = np.log10(np.maximum(1e-10, np.array(bank) @ power.T))
    return (np.maximum(level, level.max() - 8) + 4) / 4


@torch.no_grad()
def text(v, words, x, seconds):
    encoder, decoder = Encoder(v), Decoder(v)
    audio = encoder(torch.tensor(mel(x), dtype=torch.float32)[None])
    empty, said = torch.zeros(1, 1, 64, WIDTH), []
    end, start, plain, blank = WORDS, WORDS + 1, WORDS + 7, words.index("Ġ")
    while len(said) < min(4 + 6 * seconds, 61):
        logits = decoder(torch.tensor([[start, plain, *said]]), empty, empty, *audio, torch.tensor([0]))[0][0, -1]
        allowed = [t for t in range(end + 1) if said or t not in (end, blank)]
        token = max(allowed, key=lambda t: float(logits[t]))
        if token == end:
            break
        said.append(token)
        for n in range(1, len(said) // 3 + 1):
            if said[-n:] == said[-2 * n:-n] == said[-3 * n:-2 * n]:
                return "".join(words[t] for t in said[: -2 * n]).replace("Ġ", " ")
    return "".join(words[t] for t in said).replace("Ġ", " ")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--calls", default="../../cmd/timbre/demo/calls")
    ap.add_argument("--out", default="../../tone/words/testdata")
    a = ap.parse_args()
    words = (["Ġ"] + [f"Ġ{w}" for w in "good bad happy sad great awful love hate fine angry thanks sorry please no yes not very quite so the".split()] + list("abcdefghijklmnopqrstuvwxyz"))[:WORDS] + SPECIAL
    v, expected = weights(22), []
    export(v, words, {}, a.out)
    for call in ("s1_enrol", "s3_enrol", "s4_second"):
        x, rate = sf.read(f"{a.calls}/{call}_caller.wav")
        x = np.concatenate([x[3 * rate:8 * rate], np.zeros(rate // 2)])
        expected.append({"call": call, "text": text(v, words, resample(x, 2 * len(x)), 5)})
    with open(f"{a.out}/expected.json", "w") as f:
        f.write("[\n" + ",\n".join("  " + json.dumps(e) for e in expected) + "\n]\n")


if __name__ == "__main__":
    main()
