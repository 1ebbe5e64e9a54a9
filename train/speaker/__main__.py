"""python3 -m speaker STAGE ARGUMENTS: one stage of the training. README.md says which there are."""
import argparse


def main():
    from . import export, reference
    parser = argparse.ArgumentParser(prog='speaker')
    stages = parser.add_subparsers(required=True, metavar='STAGE')
    for name, run, text in (('export', export.export, 'weights to ONNX'), ('reference', reference.write, 'embeddings for the Go test')):
        stage = stages.add_parser(name, help=text)
        stage.add_argument('weights')
        stage.add_argument('out')
        stage.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments.weights, arguments.out)


if __name__ == '__main__':
    main()
