"""Audio by ffmpeg: any file in, int16 samples out; through codecs and back; other rates."""
import subprocess

import numpy as np

WIDE, NARROW = 16000, 8000  # Hz: what the teacher hears, and a telephone


def ffmpeg(arguments, data=None):
    """Runs ffmpeg, which reads data on its standard input, and returns its standard output."""
    run = subprocess.run(['ffmpeg', '-v', 'error', '-threads', '1', *arguments], input=data, capture_output=True, check=False)
    if run.returncode:
        raise RuntimeError('ffmpeg %s: %s' % (' '.join(arguments), run.stderr.decode(errors='replace').strip()))
    return run.stdout


def pcm(data):
    return np.frombuffer(data[:len(data) // 2 * 2], np.int16)


def raw(rate):
    return ['-f', 's16le', '-ar', str(rate), '-ac', '1']


def read(path, rate):
    """The samples of a file as one channel."""
    return pcm(ffmpeg(['-i', str(path), *raw(rate)[:2], '-ar', str(rate), '-ac', '1', '-']))


def resample(samples, before, after):
    if before == after:
        return samples
    return pcm(ffmpeg([*raw(before), '-i', '-', *raw(after), '-'], samples.tobytes()))


def floats(samples):
    return samples.astype(np.float32) / 32768


CODECS = {  # encoder and container; where one is drawn, bit rates
    'gsm': (['-c:a', 'libgsm', '-f', 'gsm'], ['-f', 'gsm', '-ar', '8000'], [None]),
    'opus': (['-c:a', 'libopus', '-application', 'voip', '-f', 'ogg'], [], ['6k', '8k', '12k']),
    'g726': (['-c:a', 'g726', '-f', 'wav'], [], ['24k', '32k']),
    'speex': (['-c:a', 'libspeex', '-f', 'ogg'], [], ['8k']),
}


def through(codec, samples, random):
    """Samples of WIDE through a codec of telephones; samples of NARROW come out."""
    encode, decode, rates = CODECS[codec]
    rate = rates[random.integers(len(rates))]
    coded = ffmpeg([*raw(WIDE), '-i', '-', '-ar', str(NARROW), *encode[:2], *(['-b:a', rate] if rate else []), *encode[2:], '-'], samples.tobytes())
    return pcm(ffmpeg([*decode, '-i', '-', *raw(NARROW), '-'], coded))
