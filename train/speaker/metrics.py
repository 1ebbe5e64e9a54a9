"""What trials say about a model: error rates, and the calibration of scores."""
import numpy as np


def rates(targets, impostors):
    """Percent: equal error rate, and the share of targets missed where 1 and 0.1 % of the impostors pass."""
    targets, impostors = np.sort(targets), np.sort(impostors)
    at = np.sort(np.concatenate([targets, impostors]))
    missed = np.searchsorted(targets, at, 'left') / len(targets)
    passed = 1 - np.searchsorted(impostors, at, 'left') / len(impostors)
    equal = np.argmin(np.abs(missed - passed))
    strict = lambda share: missed[np.argmax(passed <= share)] if (passed <= share).any() else 1.0
    return {'eer': 50 * (missed[equal] + passed[equal]), 'frr_at_far_1': 100 * strict(0.01), 'frr_at_far_0_1': 100 * strict(0.001)}


def cost(logits, same):
    """Cllr: what a bet on the stated probabilities loses, in bits; 0 is perfect, 1 is knowing nothing."""
    return 0.5 * (np.logaddexp(0, -logits[same]).mean() + np.logaddexp(0, logits[~same]).mean()) / np.log(2)


def features(scores, seconds1, seconds2, least=1, most=30):
    """What the logit is linear in: 1, cosine, ln of the longer and of the shorter side, cosine times the latter."""
    seconds1, seconds2 = np.clip(seconds1, least, most), np.clip(seconds2, least, most)
    longer, shorter = np.log(np.maximum(seconds1, seconds2)), np.log(np.minimum(seconds1, seconds2))
    return np.stack([np.ones_like(scores), scores, longer, shorter, scores * shorter], 1)


def logistic(x, same, ridge=0.01):
    """Weights of a logistic regression in which targets and impostors count the same; all but the bias are shrunk a little."""
    share = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum()) * len(same)
    shrink = np.diag([0] + [ridge] * (x.shape[1] - 1))
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (share * (p - same)) + shrink @ w
        curve = (x * (share * p * (1 - p))[:, None]).T @ x + shrink
        step = np.linalg.solve(curve, slope)
        w -= step
        if np.abs(step).max() < 1e-9:
            break
    return w
