"""What the benchmark measures, and the targets that its figures are held to."""
from dataclasses import dataclass

from openatc.bench.networks import BUILDERS


@dataclass(frozen=True)
class Network:
    """A network at one batch size and, for text, one length."""

    kind: str
    batch: int = 1
    tokens: int = 0

    @property
    def name(self):
        return f'{self.kind}_b{self.batch}' + (f'_s{self.tokens}' if self.tokens else '')

    def build(self):
        return BUILDERS[self.kind](self.batch, self.tokens)


@dataclass(frozen=True)
class Throughput:
    """Images or sentences per second on the simulated chip: published by the vendor, and our targets."""

    title: str
    network: Network
    vendor: float
    must: float
    go_for: float


THROUGHPUT = (
    Throughput('ResNet-50, batch 64', Network('resnet50', 64), 4250, 4900, 6500),
    Throughput('ResNet-18, batch 64', Network('resnet18', 64), 9817, 11000, 15000),
    Throughput('VGG16, batch 16', Network('vgg16', 16), 1424, 1600, 1900),
    Throughput('MobileNetV1, batch 32', Network('mobilenet_v1', 32), 13990, 16000, 22000),
    Throughput('MobileNetV2, batch 4', Network('mobilenet_v2', 4), 7072, 7500, 11000),
    Throughput('ViT-B/16, batch 16', Network('vit_b16', 16), 661, 900, 1500),
    Throughput('BERT-base, 384 tokens, batch 4', Network('bert_base', 4, 384), 221.8, 350, 700),
)

# Host time of the simulator against a native runtime, as the ratio of geometric means.
WALL = (
    ('ResNet-50', Network('resnet50')),
    ('MobileNetV2', Network('mobilenet_v2')),
    ('UNet 128x128', Network('unet')),
    ('BERT-base, 128 tokens', Network('bert_base', 1, 128)),
    ('GPT-2, 4 layers, 64 tokens', Network('gpt2_4l', 1, 64)),
)
WALL_THREADS = (1, 2)
WALL_MUST, WALL_GO_FOR = 2.0, 1.0
HAZARD_FACTOR = 3.0
TIMING_COST = 0.05

# Seconds that a compilation may take on two cores.
COMPILE = (
    ('ResNet-50', Network('resnet50'), 3.0),
    ('BERT-base', Network('bert_base', 1, 128), 5.0),
    ('VGG16', Network('vgg16', 16), 6.0),
)
MATMUL_COLUMNS = (4096, 4097, 32768)
MATMUL_SPREAD = 0.5  # largest deviation from the first

MIB = 1 << 20
ARENA_FACTOR = 1.05  # of the liveness bound
RESIDENT_FACTOR, RESIDENT_BYTES = 2.5, 300 * MIB  # of the fp32 weights, plus
FILE_FACTOR, FILE_BYTES = 1.03, MIB  # of the fp16 weights, plus
LOAD_MS = ('ResNet-50', 30.0)

PEERS = (('ResNet-50', Network('resnet50')), ('MobileNetV2', Network('mobilenet_v2')),
         ('BERT-base, 128 tokens', Network('bert_base', 1, 128)))

# Small enough for a test; measured only when named.
TINY = Network('tiny', 2)


@dataclass
class Selection:
    """The part of the plan that one run measures."""

    throughput: tuple = THROUGHPUT
    wall: tuple = WALL
    compile: tuple = COMPILE
    matmul: tuple = MATMUL_COLUMNS
    peers: tuple = PEERS
    whole: bool = True

    def networks(self):
        """Every network once, in the order of use."""
        every = [row.network for row in self.throughput] + [row[1] for row in (*self.wall, *self.compile)]
        every += [Network('matmul', 1, columns) for columns in self.matmul]
        return list(dict.fromkeys(every))


def select(names):
    """The rows whose network kind is in `names`; all without names. `matmul` and `tiny` are names, too."""
    if not names:
        return Selection()
    unknown = sorted(set(names) - set(BUILDERS))
    if unknown:
        raise ValueError(f'there is no network {", ".join(unknown)}; known are {", ".join(BUILDERS)}')
    part = Selection(tuple(row for row in THROUGHPUT if row.network.kind in names),
                     *(tuple(row for row in rows if row[1].kind in names) for rows in (WALL, COMPILE)),
                     MATMUL_COLUMNS if 'matmul' in names else (),
                     tuple(row for row in PEERS if row[1].kind in names), False)
    if TINY.kind in names:
        part.throughput += (Throughput('tiny', TINY, 1, 1, 1),)
        part.wall += (('tiny', TINY),)
        part.compile += (('tiny', TINY, 3.0),)
    return part
