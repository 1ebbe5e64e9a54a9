"""Audio by ffmpeg: any file in, float samples in [-1, 1) out; and through codecs and back."""
import subprocess

import numpy as np


def ffmpeg(arguments, data=None):
    """Runs ffmpeg, which reads data on its standard input, and returns its standard output."""
    run = subprocess.run(['ffmpeg', '-v', 'error', '-threads', '1', *arguments], input=data, capture_output=True, check=False)
    if run.returncode:
        raise RuntimeError('ffmpeg %s: %s' % (' '.join(arguments), run.stderr.decode(errors='replace').strip()))
    return run.stdout


def pcm(data):
    return np.frombuffer(data[:len(data) // 2 * 2], np.int16)


def read(path, rate):
    """The samples of a file as one channel of int16."""
    return pcm(ffmpeg(['-i', str(path), '-ac', '1', '-ar', str(rate), '-f', 's16le', '-']))


def floats(samples):
    return samples.astype(np.float32) / 32768
