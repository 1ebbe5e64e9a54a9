"""Stage 4: the network learns to say of telephone speech what the teacher says of the same speech in the studio."""
import math
import time

import numpy as np
import torch
from torch.nn import functional as F

from . import campplus, crops, frontend, line

MARGIN = 0.15
SHARPNESS = 25, 20  # of the cross-entropy over cosines, raw and without the mean
ENTROPY = 0.25  # weight of the cross-entropy
WARM = 20  # steps until the rate is full
AVERAGE_FROM, AVERAGE = 0.4, 0.02  # the running average of the weights: from this share of the run on, this share of a step


class Loss:
    """Cosine distance to the target, raw and with the mean of all removed; cross-entropy against the voices' mean embeddings, which do
    not move, with a margin."""

    def __init__(self, mean, means):
        self.mean, self.means = torch.from_numpy(mean), torch.from_numpy(means)

    def centred(self, e):
        return F.normalize(F.normalize(e) - self.mean)

    def __call__(self, e, target, person):
        distance = 1 - F.cosine_similarity(e, target) + 1 - F.cosine_similarity(self.centred(e), self.centred(target))
        margin = MARGIN * F.one_hot(person, len(self.means))
        raw = F.normalize(e) @ self.means.t() - margin
        centred = self.centred(e) @ self.centred(self.means).t() - margin
        entropy = (F.cross_entropy(raw * SHARPNESS[0], person) + F.cross_entropy(centred * SHARPNESS[1], person)) / 2
        return distance.mean() + ENTROPY * entropy


def freeze_norms(net):
    """Few people's speech would spoil the statistics of 200,000."""
    net.train()
    for part in net.modules():
        if isinstance(part, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            part.eval()


def optimiser(net, rate):
    matrices = [p for p in net.parameters() if p.dim() > 1]
    vectors = [p for p in net.parameters() if p.dim() <= 1]
    return torch.optim.AdamW([{'params': matrices, 'weight_decay': 1e-3}, {'params': vectors, 'weight_decay': 0.0}], lr=rate, betas=(0.9, 0.98))


def train(work, weights, out, seed=0, steps=400, batch=20, rate=1.5e-4):
    torch.manual_seed(seed)
    net, bands, data = campplus.load(weights), frontend.Frontend(), crops.Crops(work, seed)
    loss_of, through = Loss(data.mean, data.means), line.Line(crops.WINDOW // 2, 7 + seed)
    freeze_norms(net)
    descent, average, losses, since = optimiser(net, rate), None, [], time.time()
    for step in range(steps):
        done = step / steps
        for group in descent.param_groups:
            group['lr'] = rate * min(1, (step + 1) / WARM) * (0.5 * (1 + math.cos(math.pi * done)) + 0.02)
        x, target, person, clean = data.draw(batch)
        with torch.no_grad():
            x = bands(through(x, clean))
        loss = loss_of(net(x), target, person)
        descent.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        descent.step()
        losses.append(float(loss.detach()))
        if done >= AVERAGE_FROM:
            average = running(average, net)
        if step % 20 == 19:
            print('step %d of %d, loss %.3f, %.1f s a step' % (step + 1, steps, np.mean(losses[-20:]), (time.time() - since) / (step + 1)), flush=True)
    net.load_state_dict(average, strict=False)
    campplus.save(net, out)
    return losses


def running(average, net):
    now = {k: v.detach().clone() for k, v in net.state_dict().items() if v.is_floating_point()}
    return now if average is None else {k: v + AVERAGE * (now[k] - v) for k, v in average.items()}


def average(out, paths, shares=None):
    """Stage 5: the mean of the weights of several runs that began with the same weights, and perhaps of those; equal shares unless given."""
    shares = shares or [1 / len(paths)] * len(paths)
    if len(shares) != len(paths):
        raise SystemExit('%d shares for %d files of weights' % (len(shares), len(paths)))
    nets = [campplus.load(p).state_dict() for p in paths]
    mean = {k: sum(s * n[k] for s, n in zip(shares, nets)) if v.is_floating_point() else v for k, v in nets[0].items()}
    net = campplus.CAMPlusPlus()
    net.load_state_dict(mean)
    campplus.save(net, out)
