"""CAM++: a network that turns 80 filterbanks a frame into 192 numbers that tell voices apart.

The names of the parts are those of the published weights (3D-Speaker, Apache-2.0), so that they load as they are. In short: a small
two-dimensional convolutional head over time and frequency, then three blocks of time-delay layers, each of which sees all that the
layers before it found (dense connections) and weighs its output by a mask that it computes from the context around it.
"""
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

BANDS = 80
DIM = 192
SEGMENT = 100  # frames of the context that a mask is computed from


class Residual(nn.Module):
    """Two convolutions and a way around them; the first may halve the bands."""

    def __init__(self, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, channels, 1, (stride, 1), bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Head(nn.Module):
    """Bands and time in, channels and time out; an eighth of the bands is left, and they become channels."""

    def __init__(self, channels=32):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.layer2 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, (2, 1), 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.channels = channels * BANDS // 8

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x.unsqueeze(1))))
        x = F.relu(self.bn2(self.conv2(self.layer2(self.layer1(x)))))
        return x.flatten(1, 2)


def norm(channels, relu=True, affine=True):
    layers = OrderedDict(batchnorm=nn.BatchNorm1d(channels, affine=affine))
    if relu:
        layers['relu'] = nn.ReLU()
    return nn.Sequential(layers)


class Segments:
    """Means over the segments of a sequence, as two small matrices: what is pooled is the same for all frames of a segment, so all that
    follows from it is computed once a segment and spread over its frames afterwards."""

    def __init__(self, x):
        frames = x.shape[-1]
        each = torch.arange(frames, device=x.device) // SEGMENT
        member = (each[:, None] == torch.arange((frames + SEGMENT - 1) // SEGMENT, device=x.device)[None]).to(x.dtype)
        self.context = member / member.sum(0) + 1 / frames  # mean of the segment + mean of all: [frames, segments]
        self.spread = member.t()  # [segments, frames]


class ContextMask(nn.Module):
    """A convolution whose output is weighed by a mask of the context."""

    def __init__(self, inputs, outputs, dilation):
        super().__init__()
        self.linear_local = nn.Conv1d(inputs, outputs, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(inputs, inputs // 2, 1)
        self.linear2 = nn.Conv1d(inputs // 2, outputs, 1)

    def forward(self, x, segments):
        mask = torch.sigmoid(self.linear2(F.relu(self.linear1(x @ segments.context))))
        return self.linear_local(x) * (mask @ segments.spread)


class Layer(nn.Module):
    def __init__(self, inputs, outputs, bottleneck, dilation):
        super().__init__()
        self.nonlinear1 = norm(inputs)
        self.linear1 = nn.Conv1d(inputs, bottleneck, 1, bias=False)
        self.nonlinear2 = norm(bottleneck)
        self.cam_layer = ContextMask(bottleneck, outputs, dilation)

    def forward(self, x, segments):
        return self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))), segments)


class Block(nn.Module):
    def __init__(self, inputs, layers, dilation, growth=32):
        super().__init__()
        for i in range(layers):
            self.add_module('tdnnd%d' % (i + 1), Layer(inputs + i * growth, growth, 4 * growth, dilation))

    def forward(self, x, segments):
        for layer in self.children():
            x = torch.cat([x, layer(x, segments)], 1)
        return x


class Step(nn.Module):
    """Normalisation before or after a linear map."""

    def __init__(self, inputs, outputs, nonlinear, **conv):
        super().__init__()
        self.linear = nn.Conv1d(inputs, outputs, bias=False, **conv)
        self.nonlinear = nonlinear


class CAMPlusPlus(nn.Module):
    """Filterbanks [batch, frames, 80] in, embeddings [batch, 192] out, not yet of length 1."""

    blocks = ((12, 1), (24, 2), (16, 2))  # layers, dilation

    def __init__(self, channels=128):
        super().__init__()
        self.head = Head()
        self.xvector = nn.Module()
        self.xvector.tdnn = Step(self.head.channels, channels, norm(channels), kernel_size=5, stride=2, padding=2)
        for i, (layers, dilation) in enumerate(self.blocks, 1):
            self.xvector.add_module('block%d' % i, Block(channels, layers, dilation))
            channels += 32 * layers
            self.xvector.add_module('transit%d' % i, Step(channels, channels // 2, norm(channels), kernel_size=1))
            channels //= 2
        self.xvector.out_nonlinear = norm(channels)
        self.xvector.dense = Step(2 * channels, DIM, norm(DIM, relu=False, affine=False), kernel_size=1)

    def forward(self, x):
        net = self.xvector
        x = net.tdnn.nonlinear(net.tdnn.linear(self.head(x.transpose(1, 2))))
        segments = Segments(x)
        for i in range(1, len(self.blocks) + 1):
            step = getattr(net, 'transit%d' % i)
            x = step.linear(step.nonlinear(getattr(net, 'block%d' % i)(x, segments)))
        x = statistics(net.out_nonlinear(x))
        return net.dense.nonlinear(net.dense.linear(x)).squeeze(-1)


def statistics(x):
    """Mean and standard deviation over time."""
    mean = x.mean(-1, keepdim=True)
    deviation = ((x - mean).square().sum(-1, keepdim=True) / (x.shape[-1] - 1)).sqrt()
    return torch.cat([mean, deviation], 1)


def load(path):
    """Reads weights, of any float type, into a network ready for use."""
    weights = torch.load(path, map_location='cpu')
    net = CAMPlusPlus()
    net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in weights.items()})
    return net.eval()


def save(net, path):
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()}, path)
