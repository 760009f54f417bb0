"""The benchmark's command line; scripts/bench.sh calls it."""
import argparse
import json
import sys
from pathlib import Path

from openatc import tools
from openatc.bench import collect, measure, plan, report

HELP = """Measures OpenATC and writes benchmarks.md and benchmarks.json.

One run builds standard networks with seeded weights, compiles them with atc, simulates them for Ascend310P3,
and times ONNX Runtime (and IREE and OpenVINO, where they could be installed) on the same files in turns:

  * simulated images or sentences per second beside the vendor's published figures and the chip's limit
  * what bounds the slowest kernels, DRAM traffic, memory of intermediate tensors
  * host time of the simulator beside ONNX Runtime, on one and two threads
  * seconds and memory of compilations, sizes of files, milliseconds of loading

The whole run takes about ten minutes on two cores; leave the machine alone meanwhile. Simulated figures are the
same on every machine, host times are medians."""

EXAMPLES = """examples:
  scripts/bench.sh                                everything, into docs/
  scripts/bench.sh --only resnet50 --repeats 5    one network, into build/bench
  scripts/bench.sh --quick --only mobilenet_v2    a first look in seconds
"""


def arguments(words):
    parser = argparse.ArgumentParser(prog='scripts/bench.sh', description=HELP, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', metavar='NAMES', help='networks, separated by commas: resnet18, resnet50, vgg16, '
                        'mobilenet_v1, mobilenet_v2, vit_b16, bert_base, unet, gpt2_4l, matmul, tiny')
    parser.add_argument('--quick', action='store_true', help='every host time once, no other compilers')
    parser.add_argument('--repeats', type=int, metavar='N', help='rounds whose median counts; default 3')
    parser.add_argument('--output', metavar='DIR', help='where the two files go; default docs for a whole run, '
                        'else build/bench')
    return parser, parser.parse_args(words)


def main(words):
    parser, given = arguments(words)
    try:
        selection = plan.select([name for name in (given.only or '').split(',') if name])
    except ValueError as wrong:
        parser.error(str(wrong))
    repeats = given.repeats if given.repeats is not None else 1 if given.quick else 3
    if repeats < 1:
        parser.error('--repeats needs a number from 1')
    if given.quick:
        selection.peers, selection.whole = (), False
    work = tools.ROOT / 'build' / 'bench'
    output = Path(given.output) if given.output else tools.ROOT / 'docs' if selection.whole else work
    output.mkdir(parents=True, exist_ok=True)
    try:
        data = collect.Collector(selection, repeats, work / 'networks').everything()
    except measure.Failed as failed:
        print(f'The benchmark stopped: {failed}', file=sys.stderr)
        return 1
    (output / 'benchmarks.json').write_text(json.dumps(data, indent=1) + '\n', encoding='utf-8')
    (output / 'benchmarks.md').write_text(report.page(data), encoding='utf-8')
    print(f'Written: {output / "benchmarks.md"} and benchmarks.json, after {data["seconds"]:.0f} s')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
