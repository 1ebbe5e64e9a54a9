"""python3 -m speaker STAGE: one stage of the training. `python3 -m speaker --help` lists them; ../README.md explains them."""
import argparse
import pathlib

import torch

from . import card, degrade, evaluate, export, prepare, reference, smoke, teach, train

PATH = {'type': pathlib.Path}
STAGES = (  # name, function, help, arguments
    ('prepare', prepare.prepare, 'decode the training speakers of a folder of speech', [('folder', PATH), ('work', PATH)]),
    ('degrade', degrade.degrade, 'send each of them through codecs, twice', [('work', PATH)]),
    ('teach', teach.teach, 'embed clean wideband windows by the published network', [('work', PATH), ('weights', PATH)]),
    ('train', train.train, 'fine-tune weights for telephone lines', [
        ('work', PATH), ('weights', PATH), ('out', PATH), ('--seed', {'type': int, 'default': 0}), ('--steps', {'type': int, 'default': 400}),
        ('--batch', {'type': int, 'default': 20}), ('--rate', {'type': float, 'default': 1.5e-4})]),
    ('average', train.average, 'average the weights of several runs', [('out', PATH), ('paths', {'type': pathlib.Path, 'nargs': '+'}), ('--shares', {'type': float, 'nargs': '+'})]),
    ('export', export.export, 'put front end and network into one ONNX graph', [('weights', PATH), ('out', PATH)]),
    ('reference', reference.write, 'write the embeddings that the Go test compares with', [('weights', PATH), ('out', PATH)]),
    ('evaluate', evaluate.evaluate, 'measure an ONNX file on the dev speakers of a folder of speech', [('onnx', PATH), ('folder', PATH), ('out', PATH)]),
    ('card', card.card, 'write the model card of an ONNX file', [('onnx', PATH), ('figures', PATH), ('version', {})]),
    ('smoke', smoke.smoke, 'run the whole chain on voices made for it', []),
)


def main():
    torch.set_num_threads(1)  # a run a core is faster than all cores a run
    parser = argparse.ArgumentParser(prog='python3 -m speaker')
    stages = parser.add_subparsers(required=True, metavar='STAGE', dest='stage')
    for name, run, text, arguments in STAGES:
        stage = stages.add_parser(name, help=text, description=text)
        stage.set_defaults(run=run)
        for argument, options in arguments:
            stage.add_argument(argument, **options)
    options = vars(parser.parse_args())
    del options['stage']
    options.pop('run')(**options)


if __name__ == '__main__':
    main()
