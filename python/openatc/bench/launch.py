"""Runs one program and writes its time and peak memory to a file: launch.py FIGURES.json PROGRAM ARGUMENT...

The kernel counts the memory of the process that starts a program as the program's own until the program replaces it;
started from here, that is no more than an interpreter without packages.
"""
import json
import os
import sys
import time

begin = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], 'w', encoding='utf-8') as file:
    json.dump({'seconds': time.perf_counter() - begin, 'resident_bytes': 1024 * usage.ru_maxrss}, file)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
