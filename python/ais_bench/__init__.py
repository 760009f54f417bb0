"""InferSession and the `python -m ais_bench` command of Ascend's tools, on a simulated device."""
