"""Stage 8: the model card and the checksum in model.yaml, from the file and the figures themselves."""
import hashlib
import json
import pathlib
import re

TEMPLATE = pathlib.Path(__file__).with_name('card.md')
NAMES = {'pooled': 'clean and noisy telephone', 'tel': 'clean', 'telnoise': 'tilted handset, noise at 10 to 20 dB', 'gsm': 'GSM full rate',
         'white5': 'white noise at 5 dB', 'babble10': 'babble of five at 10 dB'}


def rows(figures):
    for group, row in figures.items():
        yield '| %s | %.1f | %.1f | %.1f | %.1f | %d, %d |' % (
            NAMES.get(group, group), row['eer'], row['frr_at_far_1'], row['frr_at_far_0_1'], row['top1'], row['targets'], row['impostors'])


def fill(onnx, figures, version):
    data = pathlib.Path(onnx).read_bytes()
    values = {'version': version, 'bytes': '%s' % format(len(data), ','), 'sha256': hashlib.sha256(data).hexdigest(), 'figures': '\n'.join(rows(figures))}
    return re.sub(r'\{(\w+)\}', lambda m: values[m[1]], TEMPLATE.read_text())


def card(onnx, figures, version):
    """Writes model_card.md beside an ONNX file, and corrects model.yaml if one is there."""
    folder = pathlib.Path(onnx).parent
    text = fill(onnx, json.loads(pathlib.Path(figures).read_text()), version)
    (folder / 'model_card.md').write_text(text)
    yaml = folder / 'model.yaml'
    if yaml.exists():
        new = {'version': '"%s"' % version, 'sha256': hashlib.sha256(pathlib.Path(onnx).read_bytes()).hexdigest()}
        yaml.write_text(re.sub(r'(?m)^(version|sha256): .*$', lambda m: '%s: %s' % (m[1], new[m[1]]), yaml.read_text()))
