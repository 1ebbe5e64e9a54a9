"""Tests of what training relies on: python3 -m unittest, in this folder."""
import inspect
import unittest

import numpy as np
import torch
from torch.nn import functional as F

from speaker import __main__, audio, campplus, corpora, crops, export, frontend, line, metrics, teach, train, trials


def noise(samples, seed=0):
    return np.random.default_rng(seed).standard_normal(samples).astype(np.float32) * 0.1


def folded(x):
    """Audio at 8 kHz folded as the definition says: zero-stuffed, mixed with ideal interpolation."""
    n, spectrum = len(x), np.fft.rfft(x)[:len(x) // 2]
    mirror = np.concatenate([[0], np.conj(spectrum[:0:-1]), [0]]) * frontend.FOLD
    return 2 * np.fft.irfft(np.concatenate([spectrum, mirror]), 2 * n)


def kaldi(x):
    """Filterbanks at 16 kHz, a frame at a time."""
    rows = []
    for start in range(0, len(x) - 399, 160):
        frame = x[start:start + 400] - x[start:start + 400].mean()
        frame = np.append(frame[0] * 0.03, frame[1:] - 0.97 * frame[:-1]) * np.hanning(400) ** 0.85
        rows.append(np.square(np.abs(np.fft.rfft(frame, 512)))[:256] @ frontend.mel_matrix())
    bands = np.log(np.maximum(rows, frontend.FLOOR))
    return bands - bands.mean(0)


class Frontend(unittest.TestCase):
    def test_wideband_filterbanks_are_those_of_kaldi(self):
        x = noise(16000)
        got = frontend.Wideband()(torch.from_numpy(x)[None])[0].numpy()
        self.assertLess(np.abs(got - kaldi(x)).max(), 1e-3)

    def test_one_convolution_is_fold_and_filterbanks(self):
        x = trials.band(noise(8000)).astype(np.float32)
        got = frontend.Frontend()(torch.from_numpy(x)[None])[0].numpy()
        levelled = frontend.level(torch.from_numpy(x)[None])[0].numpy()
        difference = np.abs(got - kaldi(folded(levelled)))[2:-2]
        self.assertLess(np.delete(difference, range(56, 62), 1).max(), 0.1)  # but for the bands at 4 kHz

    def test_gain_changes_nothing(self):
        x, front = torch.from_numpy(noise(8000))[None], frontend.Frontend()
        self.assertLess(float((front(x) - front(x * 0.01 + 0.001)).abs().max()), 1e-2)


class Network(unittest.TestCase):
    def test_names_and_shapes_are_those_of_the_published_weights(self):
        weights = campplus.CAMPlusPlus().state_dict()
        self.assertEqual(len(weights), 937)
        for name, shape in (('head.layer1.0.shortcut.1.running_var', (32,)), ('xvector.block2.tdnnd24.cam_layer.linear_local.weight', (32, 128, 3)),
                            ('xvector.transit3.linear.weight', (512, 1024, 1)), ('xvector.dense.nonlinear.batchnorm.running_mean', (192,))):
            self.assertEqual(tuple(weights[name].shape), shape, name)

    def test_context_is_mean_of_segment_and_of_all(self):
        x = torch.randn(2, 3, 250)
        segments = campplus.Segments(x)
        pooled = F.avg_pool1d(x, campplus.SEGMENT, campplus.SEGMENT, ceil_mode=True) + x.mean(-1, keepdim=True)
        torch.testing.assert_close(x @ segments.context, pooled, rtol=1e-4, atol=1e-5)
        self.assertEqual(segments.spread.sum(1).tolist(), [100, 100, 50])

    def test_statistics_are_mean_and_deviation(self):
        x = torch.randn(1, 4, 50)
        torch.testing.assert_close(campplus.statistics(x), torch.cat([x.mean(-1, True), x.std(-1, keepdim=True)], 1))


class Data(unittest.TestCase):
    def test_only_permissive_corpora_train(self):
        for corpus in corpora.table().values():
            if corpus.use == 'train':
                self.assertTrue(corpus.trains, corpus.id)
            self.assertTrue(corpus.source and corpus.licence, corpus.id)
        self.assertFalse(corpora.Corpus('x', 'x', 'x', 'CC BY-NC 4.0', 'x', 'train', 1, 0, False).trains)

    def test_held_people_do_not_depend_on_other_corpora(self):
        keys = ['so762 %d' % i for i in range(40)]
        self.assertEqual(crops.held(keys), crops.held(keys + ['asc %d' % i for i in range(9)]))
        self.assertEqual(len(crops.held(keys)), 20)

    def test_windows_cover_a_recording(self):
        self.assertEqual(teach.windows(teach.WINDOW * 2 + teach.WINDOW * 2 // 3, 14), [0, teach.WINDOW, teach.WINDOW * 5 // 3])
        self.assertEqual(len(teach.windows(teach.WINDOW * 40, 14)), 14)

    def test_every_codec_returns_the_speech_at_half_the_rate(self):
        x = (noise(32000) * 20000).astype(np.int16)
        for codec in audio.CODECS:
            length = len(audio.through(codec, x, np.random.default_rng(0)))
            self.assertLess(abs(length - 16000), 1000, codec)


class Line(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.line = line.Line(24000, 1)

    def test_every_crop_has_the_level(self):
        x = torch.from_numpy(np.stack([noise(24000, i) for i in range(40)]))
        y = self.line(x, np.arange(40) % 5 == 0)
        self.assertTrue(torch.isfinite(y).all())
        torch.testing.assert_close(y.square().mean(1).sqrt(), torch.full((40,), frontend.LEVEL), rtol=1e-2, atol=1e-5)

    def test_clean_line_keeps_the_voice(self):
        x = torch.from_numpy(trials.band(noise(24000)).astype(np.float32))[None]
        y = self.line(x, np.array([True]))
        self.assertGreater(float(F.cosine_similarity(x, y)), 0.9)

    def test_g711_is_near_its_input(self):
        x = torch.linspace(-1, 1, 999)[None]
        self.assertLess(float((self.line.g711(x) - x).abs().max()), 0.03)


class Training(unittest.TestCase):
    def test_target_has_no_distance(self):
        means = crops.unit(noise(5 * 192).reshape(5, 192))
        loss = train.Loss(np.zeros(192, np.float32), means)
        target = torch.from_numpy(means[:1])
        near, far = (float(loss(e, target, torch.tensor([0]))) for e in (target, torch.from_numpy(means[1:2])))
        self.assertLess(near, far - 1)

    def test_norms_stay_frozen(self):
        net = campplus.CAMPlusPlus()
        before = net.head.bn1.running_mean.clone()
        train.freeze_norms(net)
        net(torch.randn(2, 60, 80))
        torch.testing.assert_close(net.head.bn1.running_mean, before)


class Metrics(unittest.TestCase):
    def test_rates_of_known_scores(self):
        apart = metrics.rates(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
        self.assertEqual(set(apart.values()), {0.0})
        mixed = metrics.rates(np.arange(100) / 100 + 0.5, np.arange(100) / 100)
        self.assertAlmostEqual(mixed['eer'], 25, delta=1)

    def test_interval_holds_the_rate_and_is_wider_with_fewer_people(self):
        def width(people):
            draw = np.random.default_rng(2)
            targets = [(0.6 + 0.1 * draw.standard_normal(), i % people) for i in range(400)]
            impostors = [(0.3 + 0.1 * draw.standard_normal(), i % people, (i // people + i + 1) % people) for i in range(4000)]
            rate = metrics.rates([t[0] for t in targets], [i[0] for i in impostors])['eer']
            low, high = metrics.intervals(targets, impostors)['eer']
            self.assertTrue(low <= rate <= high, 'got %s, want it from %s to %s' % (rate, low, high))
            return high - low
        self.assertLess(width(100), width(8))


class Stages(unittest.TestCase):
    def test_arguments_are_those_of_the_functions(self):
        for name, run, _, arguments in __main__.STAGES:
            inspect.signature(run).bind(**{argument.lstrip('-'): None for argument, _ in arguments})


class Export(unittest.TestCase):
    def test_matrices_are_halved_and_the_front_end_is_not(self):
        model = export.halve(export.graph(campplus.CAMPlusPlus().eval()))
        halves = [w for w in model.graph.initializer if w.data_type == export.TensorProto.FLOAT16]
        self.assertGreater(len(halves), 200)
        self.assertNotIn(tuple(frontend.Frontend().kernel.shape), [tuple(w.dims) for w in halves])
        self.assertEqual({n.op_type for n in model.graph.node if not n.domain == ''}, set())


if __name__ == '__main__':
    unittest.main()
