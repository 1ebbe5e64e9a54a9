"""The corpora: one table, ../corpora.csv. What is not in it, or not permissive, trains nothing."""
import csv
import json
import pathlib
from dataclasses import dataclass

TABLE = pathlib.Path(__file__).parents[1] / 'corpora.csv'
PERMISSIVE = ('CC0', 'CC BY 4.0', 'CC BY 3.0', 'CC BY-SA 4.0', 'CC BY-SA 3.0', 'MIT', 'Apache-2.0')


@dataclass(frozen=True)
class Corpus:
    id: str
    name: str
    speech: str
    licence: str
    source: str
    use: str  # train, evaluate or none
    weight: float  # how often its people are drawn, relative to others
    held: int  # people of its training part that are kept out for choices
    sessions: bool  # its recordings are of several days, in order

    @property
    def trains(self):
        return self.use == 'train' and self.licence.startswith(PERMISSIVE)


def table():
    with open(TABLE, newline='') as file:
        rows = list(csv.DictReader(file))
    return {r['id']: Corpus(r['id'], r['name'], r['speech'], r['licence'], r['source'], r['use'], float(r['weight']), int(r['held']),
                            r['sessions'] == 'yes') for r in rows}


def people(folder, part):
    """The speakers of a part of a folder of speech, in order: name, corpus, file. index.json states them."""
    folder = pathlib.Path(folder)
    index = json.loads((folder / 'index.json').read_text())
    return [(name, p['corpus'], folder / p['file']) for name, p in sorted(index.items()) if p['part'] == part]
