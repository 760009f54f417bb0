"""The Python interface: ais_bench.infer.interface."""
