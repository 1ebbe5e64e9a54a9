"""Telephone lines for a batch of crops at 8 kHz, made anew for each step: what is mixed in, the channel, and what the far end does."""
import math

import numpy as np
import torch
from torch.nn import functional as F

from . import audio, frontend

RATE = audio.NARROW
ROOMS, LONGEST_ROOM = 200, 3200  # impulse responses, samples
KEYS = (697, 770, 852, 941), (1209, 1336, 1477)  # Hz


def rms(x):
    return x.square().mean(-1, keepdim=True).add(1e-10).sqrt()


class Line:
    def __init__(self, samples, seed):
        self.samples, self.random = samples, np.random.default_rng(seed)
        self.points = 1 << math.ceil(math.log2(samples + LONGEST_ROOM))
        self.hertz = torch.arange(self.points // 2 + 1) * RATE / self.points
        self.octave = torch.log2(self.hertz.clamp(min=60) / 60) / math.log2(4000 / 60) * 4  # 0 at 60 Hz, 4 at 4 kHz
        self.rooms = torch.fft.rfft(torch.from_numpy(np.stack([self.room() for _ in range(ROOMS)])), self.points)

    def __call__(self, x, clean):
        """Crops [batch, samples] at an RMS of about 0.08 through a line each; clean ones only through a band and a codec."""
        babble = sum(x[torch.randperm(len(x))] for _ in range(int(self.random.integers(2, 6)))).roll(1, 0)
        spoilt = torch.from_numpy(~clean)
        mixed = x.clone()
        for i in np.flatnonzero(~clean):
            mixed[i] = self.mix(x, i)
        y = self.channel(mixed, babble, spoilt[:, None])
        for i in np.flatnonzero(~clean):
            y[i] = self.far_end(y[i])
        return y * frontend.LEVEL / (y.square().mean(1, keepdim=True).sqrt() + 1e-6)

    # What is mixed in.

    def mix(self, x, i):
        """One crop with an echo of another voice, keyed digits, strong babble or white noise, or as it is."""
        kind, others = self.random.random(), len(x)
        if kind < 0.10:
            other = x[(i + 1 + int(self.random.integers(max(others - 1, 1)))) % others].roll(int(self.random.integers(RATE)))
            return self.add(x[i], other, 6, 24)
        if kind < 0.15:
            return x[i] + self.digits(float(rms(x[i])))
        if kind < 0.33:
            voices = [x[int(self.random.integers(others))].roll(int(self.random.integers(self.samples))) for _ in range(int(self.random.integers(3, 8)))]
            return self.add(x[i], sum(voices), 2, 16)
        if kind < 0.41:
            return self.add(x[i], torch.randn(self.samples), 0, 14)
        return x[i]

    def add(self, speech, other, least, most):
        return speech + other * rms(speech) / rms(other) * 10 ** (-self.random.uniform(least, most) / 20)

    def digits(self, level):
        out, time = torch.zeros(self.samples), torch.arange(1600) / RATE
        for _ in range(int(self.random.integers(1, 6))):
            start, length = int(self.random.integers(self.samples - 1600)), int(self.random.integers(480, 1600))
            tone = sum(torch.sin(2 * math.pi * self.random.choice(k) * time[:length]) for k in KEYS)
            out[start:start + length] += level * 10 ** (self.random.uniform(-10, 8) / 20) * tone.float()
        return out

    # The channel: a room, a handset, noise or babble, the band, overdrive, level, G.711, lost packets.

    def channel(self, x, babble, spoilt):
        n, chance = len(x), self.chance
        direct = torch.fft.rfft(x, self.points)
        room = self.rooms[torch.from_numpy(self.random.integers(0, ROOMS, n))]
        spectrum = torch.where(chance(n, 0.3), direct * room, direct)
        voice = self.back(torch.where(chance(n, 0.6), spectrum * self.tilt(n, 8), spectrum))
        spectrum = torch.where(spoilt, torch.fft.rfft(self.noisy(voice, babble), self.points), direct)
        spectrum = torch.where(~spoilt | chance(n, 0.9), spectrum * self.band(n), spectrum)
        y = self.back(torch.where(chance(n, 0.25) & spoilt, spectrum * self.tilt(n, 5), spectrum))
        y = y / (y.abs().amax(1, keepdim=True) + 1e-9) * 10 ** self.uniform(n, -1.4, -0.05)
        y = torch.where(chance(n, 0.06) & spoilt, (y * self.uniform(n, 2, 6)).clamp(-0.9, 0.9), y)
        y = torch.where(~spoilt | chance(n, 0.85), self.g711(y), y)
        lost = (torch.rand(n, self.samples // 160 + 1) < self.uniform(n, 0.01, 0.08)) & chance(n, 0.1) & spoilt
        return y * ~lost.repeat_interleave(160, 1)[:, :self.samples]

    def noisy(self, voice, babble):
        """Coloured noise, a fifth of it moving; or babble; or neither."""
        n = len(voice)
        colour = (self.hertz[None].clamp(min=30) / 1000) ** self.uniform(n, -1.6, 0.6)
        colour = colour * torch.where(self.chance(n, 0.5), self.tilt(n, 10), torch.ones(1))
        noise = self.back(torch.fft.rfft(torch.randn(n, self.samples), self.points) * colour)
        moving = F.interpolate(torch.rand(n, 1, 16) ** 2, size=self.samples, mode='linear')[:, 0] + 0.05
        noise = torch.where(self.chance(n, 0.2), noise * moving, noise)
        kind = torch.from_numpy(self.random.random((n, 1)))
        noise = torch.where(kind < 0.65, noise, babble)
        snr = torch.where(kind < 0.65, self.uniform(n, 2, 24), self.uniform(n, 6, 24))
        return torch.where(kind < 0.88, voice + noise * rms(voice) / rms(noise) * 10 ** (-snr / 20), voice)

    def room(self):
        """A direct path, a few early reflections, and an exponential tail of 0.1 to 0.4 s."""
        response = np.zeros(LONGEST_ROOM, np.float32)
        length = int(self.random.uniform(0.1, 0.4) * RATE)
        tail = self.random.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
        for at in self.random.integers(8, 240, self.random.integers(1, 5)):
            tail[at] += self.random.uniform(-2, 2)
        response[:length] = tail * self.random.uniform(0.05, 0.45) / np.sqrt(np.square(tail).sum())
        response[0] = 1
        return response

    def tilt(self, n, most):
        """A smooth curve over five bands, each at most so many dB up or down."""
        points = torch.from_numpy(self.random.uniform(-most, most, (n, 5)).astype(np.float32))
        at = self.octave.long().clamp(0, 3)
        share = self.octave - at
        return 10 ** ((points[:, at] * (1 - share) + points[:, at + 1] * share) / 20)

    def band(self, n):
        """A band-pass from 100 to 330 Hz up to 3.1 to 3.7 kHz, of any steepness."""
        hertz = self.hertz[None].clamp(min=1)
        low, high = self.uniform(n, 100, 330), self.uniform(n, 3100, 3700)
        rise, fall = self.uniform(n, 2, 5), self.uniform(n, 3, 10)
        return (1 + (low / hertz) ** (2 * rise)).rsqrt() * (1 + (hertz / high) ** (2 * fall)).rsqrt()

    def g711(self, x):
        """µ-law for seven in ten, A-law for the others: logarithm, 256 steps, and back."""
        x = x.clamp(-1, 1)
        steps = lambda a: torch.round((a + 1) * 127.5) / 127.5 - 1
        mu = steps(x.sign() * torch.log1p(255 * x.abs()) / math.log(256))
        mu = mu.sign() * (256 ** mu.abs() - 1) / 255
        scale, size = 1 + math.log(87.6), x.abs()
        a = steps(x.sign() * torch.where(size < 1 / 87.6, 87.6 * size / scale, (1 + torch.log(87.6 * size.clamp(min=1e-6))) / scale))
        size = a.abs()
        a = a.sign() * torch.where(size < 1 / scale, size * scale / 87.6, torch.exp(size * scale - 1) / 87.6)
        return torch.where(self.chance(len(x), 0.7), mu, a)

    # What the far end does.

    def far_end(self, y):
        """One crop clipped at its loudest samples, or so quiet that 12 bits are coarse, or as it is."""
        kind = self.random.random()
        if kind < 0.06:
            limit = float(torch.quantile(y.abs(), 1 - self.random.uniform(0.02, 0.25))) + 1e-6
            return (y / limit * 0.97).clamp(-0.97, 0.97)
        if kind < 0.12:
            return torch.round(y * 10 ** (-self.random.uniform(20, 40) / 20) * 4096) / 4096
        return y

    def uniform(self, n, least, most):
        return torch.from_numpy(self.random.uniform(least, most, (n, 1)).astype(np.float32))

    def chance(self, n, share):
        return torch.from_numpy(self.random.random((n, 1)) < share)

    def back(self, spectrum):
        return torch.fft.irfft(spectrum, self.points)[:, :self.samples]
