"""The front end: 8 kHz telephone audio in, the 80 filterbanks out that a network trained on 16 kHz expects.

An empty upper half of the spectrum would be taken for a trait of the voice, so it is filled: above 4 kHz stands the mirror image of the
band below, 8 dB lower (the fold). That is what zero-stuffing gives, mixed with interpolation:

    folded[2i] = (1 + g) x[i],    folded[2i + 1] = (1 - g) x(i + 1/2),    g = 10^(-8/20)

Frames, their mean, pre-emphasis, window and Fourier transform are linear in x as well. All of it together is one convolution at 8 kHz.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

RATE = 16000  # Hz, of the folded signal
FRAME, HOP, POINTS = 400, 160, 512  # samples at RATE
EMPHASIS = 0.97
LOWEST, HIGHEST = 20, 8000  # Hz
FOLD = 10 ** (-8 / 20)
LEVEL = 0.05  # root mean square that audio is scaled to, -26 dBFS
REACH = 32  # samples at 8 kHz that interpolation uses on either side
FLOOR = float(np.finfo(np.float32).eps)  # of an energy before its logarithm


def fold_matrix():
    """[FRAME, FRAME / 2 + 2 REACH - 1]: a folded frame from the samples at 8 kHz around it."""
    out = np.zeros((FRAME, FRAME // 2 + 2 * REACH - 1))
    offset = np.arange(2 * REACH) - (REACH - 0.5)
    taps = np.sinc(offset) * np.kaiser(4 * REACH + 1, 9)[1::2]
    for i in range(FRAME // 2):
        out[2 * i, i + REACH - 1] = 1 + FOLD
        out[2 * i + 1, i:i + 2 * REACH] = (1 - FOLD) * taps
    return out


def spectrum_matrix():
    """[2 bins, FRAME]: real and imaginary parts of a frame's spectrum; mean removed, pre-emphasis, Povey window."""
    centre = np.eye(FRAME) - 1 / FRAME
    emphasis = np.eye(FRAME) - EMPHASIS * np.eye(FRAME, k=-1)
    emphasis[0, 0] = 1 - EMPHASIS
    phase = 2 * np.pi * np.outer(np.arange(POINTS // 2), np.arange(FRAME)) / POINTS
    fourier = np.concatenate([np.cos(phase), np.sin(phase)])
    return fourier * (np.hanning(FRAME) ** 0.85) @ emphasis @ centre


def mel_matrix(bands=80):
    """[bins, bands]: triangles of equal width on the mel scale."""
    mel = lambda hertz: 1127 * np.log1p(np.asarray(hertz) / 700)
    edges = np.linspace(mel(LOWEST), mel(HIGHEST), bands + 2)
    bins = mel(np.arange(POINTS // 2) * RATE / POINTS)[:, None]
    rise = (bins - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rise, fall))


def level(x):
    """Scales audio [batch, n] to LEVEL, without its mean."""
    x = x - x.mean(1, keepdim=True)
    return x * LEVEL / (x.square().mean(1, keepdim=True) + 1e-12).sqrt()


def filterbanks(power, mel):
    """Logarithms of the energies [batch, frames, bands] of a spectrum [batch, bins, frames], without their mean over time."""
    bands = (power.transpose(1, 2) @ mel).clamp(min=FLOOR).log()
    return bands - bands.mean(1, keepdim=True)


def spectrum(x, kernel, hop):
    """Energies [batch, bins, frames] of the frames of x [batch, n]."""
    both = F.conv1d(x.unsqueeze(1), kernel, stride=hop).square()
    return both[:, :POINTS // 2] + both[:, POINTS // 2:]


class Wideband(nn.Module):
    """Audio [batch, n] at 16 kHz in, filterbanks out: the front end of the published network."""

    def __init__(self):
        super().__init__()
        self.register_buffer('kernel', torch.from_numpy(spectrum_matrix()[:, None].astype(np.float32)), persistent=False)
        self.register_buffer('mel', torch.from_numpy(mel_matrix().astype(np.float32)), persistent=False)

    def forward(self, x):
        return filterbanks(spectrum(x, self.kernel, HOP), self.mel)


class Frontend(nn.Module):
    """Audio [batch, n] at 8 kHz in, filterbanks [batch, frames, 80] without their mean over time out."""

    def __init__(self):
        super().__init__()
        kernel = spectrum_matrix() @ fold_matrix()
        self.register_buffer('kernel', torch.from_numpy(kernel[:, None].astype(np.float32)), persistent=False)
        self.register_buffer('mel', torch.from_numpy(mel_matrix().astype(np.float32)), persistent=False)

    def forward(self, x):
        x = F.pad(level(x), (REACH - 1, REACH))
        return filterbanks(spectrum(x, self.kernel, HOP // 2), self.mel)


class Embedder(nn.Module):
    """Audio [1, n] at 8 kHz in, an embedding [1, 192] of length 1 out."""

    def __init__(self, net):
        super().__init__()
        self.frontend, self.net = Frontend(), net

    def forward(self, samples):
        return F.normalize(self.net(self.frontend(samples)))
