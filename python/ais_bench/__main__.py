"""python -m ais_bench --model net.om: measures a model and writes its outputs."""
import sys

from .infer.arguments import parse
from .infer.benchmark import benchmark, several_devices


def main(words=None):
    """Runs the command; the result is the exit status."""
    arguments = parse(words)
    try:
        if len(arguments.devices) > 1:
            several_devices(arguments)
        else:
            benchmark(arguments, arguments.devices[0])
    except (RuntimeError, OSError, ValueError) as failure:
        print(f'[ERROR] {failure}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
