"""The programs `atc` and `om` as console scripts: the process becomes the program."""
import os
import sys

from .locate import find


def become(program):
    path = find(f'bin/{program}')
    os.execv(path, [program, *sys.argv[1:]])


def atc():
    """Compiles a network; see `atc --help`."""
    become('atc')


def om():
    """Runs, measures and compares offline models; see `om --help`."""
    become('om')
