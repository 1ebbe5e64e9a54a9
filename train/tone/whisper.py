"""Whisper in a CTranslate2 folder (model.bin, vocabulary.txt, config.json) -> the form that sherpa-onnx publishes: encoder.onnx, decoder.onnx, tokens.txt.

    python whisper.py --model DIR --out tiny.en

For English-only models. The encoder takes any length of audio, not only 30 s; the decoder takes a token at a time and keeps its keys and values.
"""
import argparse
import base64
import json
import math
import os
import struct

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F

BANDS = 80
TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def variables(path):
    """name -> array, of CTranslate2's model.bin"""
    with open(path, "rb") as f:
        number = lambda form: struct.unpack("<" + form, f.read(struct.calcsize(form)))[0]
        text = lambda: f.read(number("H")).rstrip(b"\0").decode()
        number("I"), text(), number("I")  # version of the format, name and revision of the architecture
        v = {}
        for _ in range(number("I")):
            name, shape = text(), [number("I") for _ in range(number("B"))]
            kind, size = number("B"), number("I")
            v[name] = torch.from_numpy(np.frombuffer(f.read(size), TYPES[kind]).reshape(shape).astype(np.float32))
        return v


def norm(x, gamma, beta):
    return F.layer_norm(x, gamma.shape, gamma, beta)


class Layer(nn.Module):
    """a transformer layer: self-attention, attention to the audio in the decoder, feed-forward"""

    def __init__(self, v, name):
        super().__init__()
        for key in [k for k in v if k.startswith(name + "/")]:
            self.register_buffer(key[len(name) + 1:].replace("/", "_"), v[key])

    def norm(self, x, part):
        return norm(x, getattr(self, part + "_layer_norm_gamma"), getattr(self, part + "_layer_norm_beta"))

    def linear(self, x, name):
        return F.linear(x, getattr(self, name + "_weight"), getattr(self, name + "_bias"))

    def feed(self, x):
        return x + self.linear(F.gelu(self.linear(self.norm(x, "ffn"), "ffn_linear_0")), "ffn_linear_1")


def attend(q, k, v, mask=None):
    width = min(64, q.shape[2])  # of a head
    split = lambda x: x.reshape(1, -1, x.shape[2] // width, width).transpose(1, 2)
    w = split(q) @ split(k).transpose(2, 3) / math.sqrt(width)
    w = torch.softmax(w if mask is None else w + mask, -1) @ split(v)
    return w.transpose(1, 2).reshape(q.shape)


def layers(v, side):
    n = 1 + max(int(k.split("/")[1][6:]) for k in v if k.startswith(side + "/layer_") and k.split("/")[1][6:].isdigit())
    return nn.ModuleList(Layer(v, f"{side}/layer_{i}") for i in range(n))


class Encoder(nn.Module):
    """mel [1, 80, n] -> keys and values of the audio for each layer of the decoder, [layers, 1, n/2, state]"""

    def __init__(self, v):
        super().__init__()
        self.layers, self.reader = layers(v, "encoder"), layers(v, "decoder")
        for k in ("conv1/weight", "conv1/bias", "conv2/weight", "conv2/bias", "position_encodings/encodings", "layer_norm/gamma", "layer_norm/beta"):
            self.register_buffer(k.replace("/", "_"), v["encoder/" + k])

    def forward(self, mel):
        x = F.gelu(F.conv1d(mel, self.conv1_weight, self.conv1_bias, 1, 1))
        x = F.gelu(F.conv1d(x, self.conv2_weight, self.conv2_bias, 2, 1)).transpose(1, 2)
        x = x + self.position_encodings_encodings[: x.shape[1]]
        for l in self.layers:
            q, k, v = l.linear(l.norm(x, "self_attention"), "self_attention_linear_0").chunk(3, -1)
            x = l.feed(x + l.linear(attend(q, k, v), "self_attention_linear_1"))
        x = norm(x, self.layer_norm_gamma, self.layer_norm_beta)
        k, v = zip(*[l.linear(x, "attention_linear_1").chunk(2, -1) for l in self.reader])
        return torch.stack(k), torch.stack(v)


class Decoder(nn.Module):
    """tokens [1, n] at an offset, and keys and values so far -> logits [1, n, vocabulary], and the keys and values then"""

    def __init__(self, v):
        super().__init__()
        self.layers = layers(v, "decoder")
        self.register_buffer("embeddings", v["decoder/embeddings/weight"])
        self.register_buffer("positions", v["decoder/position_encodings/encodings"])
        self.register_buffer("gamma", v["decoder/layer_norm/gamma"])
        self.register_buffer("beta", v["decoder/layer_norm/beta"])

    def forward(self, tokens, self_k, self_v, cross_k, cross_v, offset):
        n, at = tokens.shape[1], offset[0]
        x = F.embedding(tokens, self.embeddings) + self.positions[at:at + n]
        mask = torch.full((n, n), -1e9).triu(1)
        mask = torch.cat([torch.zeros(n, 1).expand(n, at), mask], 1)
        ks, vs = [], []
        for i, l in enumerate(self.layers):
            q, k, v = l.linear(l.norm(x, "self_attention"), "self_attention_linear_0").chunk(3, -1)
            k, v = torch.cat([self_k[i, :, :at], k], 1), torch.cat([self_v[i, :, :at], v], 1)
            x = x + l.linear(attend(q, k, v, mask), "self_attention_linear_1")
            q = l.linear(l.norm(x, "attention"), "attention_linear_0")
            x = l.feed(x + l.linear(attend(q, cross_k[i], cross_v[i]), "attention_linear_2"))
            ks.append(torch.cat([k, self_k[i, :, at + n:]], 1))
            vs.append(torch.cat([v, self_v[i, :, at + n:]], 1))
        x = norm(x, self.gamma, self.beta)
        return x @ self.embeddings.T, torch.stack(ks), torch.stack(vs)


def metadata(v, config, words):
    at, (vocabulary, state), named = words.index, v["decoder/embeddings/weight"].shape, config.get("suppress_ids", [])
    context, count = len(v["encoder/position_encodings/encodings"]), lambda side: len(layers(v, side))
    return {
        "model_type": "whisper", "version": 1, "maintainer": "k2-fsa", "comment": "", "n_mels": BANDS, "n_audio_ctx": context,
        "n_audio_state": state, "n_audio_head": max(1, state // 64), "n_audio_layer": count("encoder"), "n_vocab": vocabulary,
        "n_text_ctx": len(v["decoder/position_encodings/encodings"]), "n_text_state": state, "n_text_head": max(1, state // 64), "n_text_layer": count("decoder"),
        "sot_sequence": at("<|startoftranscript|>"), "sot": at("<|startoftranscript|>"), "sot_index": 0, "eot": at("<|endoftext|>"), "blank_id": at("Ġ"),
        "is_multilingual": 0, "no_speech": at("<|nospeech|>") if "<|nospeech|>" in words else at("<|nocaptions|>"), "transcribe": at("<|transcribe|>"),
        "translate": at("<|translate|>"), "sot_prev": at("<|startofprev|>"), "sot_lm": at("<|startoflm|>"), "no_timestamps": at("<|notimestamps|>"),
        "non_speech_tokens": ",".join(map(str, named)), "all_language_tokens": "", "all_language_codes": "",
    }


def characters():
    """character of a byte-level vocabulary -> byte"""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {chr(b): b for b in plain} | {chr(256 + i): b for i, b in enumerate(rest)}


def save(module, inputs, path, names, outputs, axes, notes):
    torch.onnx.export(module.eval(), inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)
    g = onnx.load(path)
    for key, value in notes.items():
        g.metadata_props.add(key=key, value=str(value))
    onnx.save(g, path)


def export(v, words, config, out):
    notes, char = metadata(v, config, words), characters()
    with open(f"{out}/tokens.txt", "w") as f:
        for i, w in enumerate(words[: notes["eot"]]):
            f.write(f"{base64.b64encode(bytes(char[c] for c in w)).decode()} {i}\n")
    encoder, decoder = Encoder(v), Decoder(v)
    mel = torch.randn(1, BANDS, 700)
    with torch.no_grad():
        k, kv = encoder(mel)
    save(encoder, (mel,), f"{out}/encoder.onnx", ["mel"], ["n_layer_cross_k", "n_layer_cross_v"], {"mel": {2: "T"}, "n_layer_cross_k": {2: "T2"}, "n_layer_cross_v": {2: "T2"}}, notes)
    cache = torch.zeros(notes["n_text_layer"], 1, notes["n_text_ctx"], notes["n_text_state"])
    names = ["tokens", "in_n_layer_self_k_cache", "in_n_layer_self_v_cache", "n_layer_cross_k", "n_layer_cross_v", "offset"]
    save(decoder, (torch.tensor([[notes["sot"], notes["no_timestamps"]]]), cache, cache.clone(), k, kv, torch.tensor([3])), f"{out}/decoder.onnx", names,
         ["logits", "out_n_layer_self_k_cache", "out_n_layer_self_v_cache"], {"tokens": {1: "n"}, "n_layer_cross_k": {2: "T"}, "n_layer_cross_v": {2: "T"}}, notes)
    print(out, notes)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--model", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    v = variables(f"{a.model}/model.bin")
    words = open(f"{a.model}/vocabulary.txt", encoding="utf-8", newline="\n").read().split("\n")[: len(v["decoder/embeddings/weight"])]
    export(v, words, json.load(open(f"{a.model}/config.json")), a.out)


if __name__ == "__main__":
    main()
