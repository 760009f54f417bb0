"""The benchmark: standard networks, their limits on the chip, and what compiling and running them costs."""
