"""What the simulator measured of a run."""
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kernel:
    """One task of a run, in execution order.

    Attributes:
        name: of the kernel, or the operator on the host.
        nodes: the ONNX nodes that it computes.
        engine: 'AI core' or 'AI CPU'.
        microseconds: predicted time on the device, launch included.
        cycles: of the slowest core; 0 on the AI CPU.
        bound: what the time is bound by: a pipe, memory or the launch.
        bytes: moved through the cores' ports to memory.
    """
    name: str
    nodes: tuple
    engine: str
    microseconds: float
    cycles: int
    bound: str
    bytes: int


@dataclass(frozen=True)
class Statistics:
    """One run of a model.

    Attributes:
        simulated_us: predicted latency on the device in microseconds.
        cycles: sum over the kernels.
        dram_bytes: traffic between cache and memory.
        host_ms: how long the simulation took.
        kernels: tuple of Kernel.
        raw: everything, as `om run --stats` writes it.
    """
    simulated_us: float
    cycles: int
    dram_bytes: int
    host_ms: float
    kernels: tuple
    raw: dict = field(repr=False)

    @classmethod
    def parse(cls, text):
        raw = json.loads(text)
        kernels = tuple(Kernel(k['name'], tuple(k['nodes']), k['engine'], k['us'], k.get('cycles', 0), k['bound'],
                               k['bytes']) for k in raw['kernels'])
        return cls(raw['simulated_us'], raw['cycles'], raw['dram_bytes'], raw['wall_ms'], kernels, raw)

    def table(self):
        """The kernels as text, one line each."""
        rows = [('us', 'share', 'bound', 'kernel', 'nodes')]
        whole = self.simulated_us or 1
        for kernel in self.kernels:
            nodes = ', '.join(kernel.nodes[:3]) + (f' and {len(kernel.nodes) - 3} more' if len(kernel.nodes) > 3 else '')
            rows.append((f'{kernel.microseconds:.1f}', f'{kernel.microseconds / whole:.0%}', kernel.bound, kernel.name,
                         nodes))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = [f'{us:>{widths[0]}}  {share:>{widths[1]}}  {bound:<{widths[2]}}  {name:<{widths[3]}}  {nodes}'.rstrip()
                 for us, share, bound, name, nodes in rows]
        return '\n'.join([*lines, f'{self.simulated_us:.1f} us in all'])
