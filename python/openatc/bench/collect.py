"""Measures one part of the plan after the other into one dictionary, which the report is written from."""
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from openatc.bench import graph, limits, measure, networks, plan
from openatc.bench.measure import median


def ratio(rounds, kind, base):
    """Median over the rounds of one kind's time over another's in the same round."""
    return median(r[kind]['wall_ms_median'] / r[base]['wall_ms_median'] for r in rounds)


class Progress:
    """Lines that say what is being measured and when it began."""

    def __init__(self):
        self.begin = time.perf_counter()

    def __call__(self, text):
        print(f'[{time.perf_counter() - self.begin:5.0f} s] {text}', flush=True)

    def seconds(self):
        return time.perf_counter() - self.begin


def machine():
    """The facts of this computer that a reader needs, without names or paths."""
    facts = {}
    for line in Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        key, _, value = line.partition(':')
        facts.setdefault(key.strip(), value.strip())
    flags = facts.get('flags', facts.get('Features', '')).split()
    simd = [name for name in ('avx2', 'avx512f', 'avx512_fp16', 'amx_tile', 'asimd', 'sve') if name in flags]
    return {'cpu': facts.get('model name', platform.machine()), 'cores': len(os.sched_getaffinity(0)),
            'memory_gib': round(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30, 1), 'simd': simd,
            'python': platform.python_version(), 'onnxruntime': version('onnxruntime'),
            'load_average_at_start': round(os.getloadavg()[0], 2)}


def slowest(kernels, count=10):
    """The kernels that take the most time. Launches of one kernel for the same nodes, which slices of the batch
    are, count as one: times and traffic add up, pipes are averaged over time, the bound is that of most of it."""
    groups = {}
    for kernel in kernels:
        groups.setdefault((kernel['name'], *kernel['nodes']), []).append(kernel)
    rows = []
    for launches in groups.values():
        us, bound = sum(kernel['us'] for kernel in launches), {}
        for kernel in launches:
            bound[kernel['bound']] = bound.get(kernel['bound'], 0) + kernel['us']
        row = {'nodes': launches[0]['nodes'], 'engine': launches[0]['engine'], 'launches': len(launches), 'us': us,
               'bound': max(bound, key=bound.get), 'bytes': sum(kernel['bytes'] for kernel in launches),
               'dram_bytes': sum(kernel.get('dram_bytes', 0) for kernel in launches)}
        if 'busy' in launches[0]:
            row['busy'] = {pipe: sum(kernel['busy'][pipe] * kernel['us'] for kernel in launches) / max(us, 1e-9)
                           for pipe in launches[0]['busy']}
        rows.append(row)
    return sorted(rows, key=lambda row: -row['us'])[:count]


class Collector:
    """Networks and compiled models in `folder`, figures in `data`."""

    def __init__(self, selection, repeats, folder):
        self.selection, self.repeats, self.folder = selection, repeats, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.say = Progress()
        self.chip = limits.chip()
        self.compiled = {}
        self.data = {'machine': machine(), 'repeats': repeats, 'whole': selection.whole, 'soc': measure.tools.SOC,
                     'chip': vars(self.chip)}

    def model_path(self, network):
        return self.folder / f'{network.name}.onnx'

    def om_path(self, network):
        return self.folder / f'{network.name}.om'

    def build(self):
        """Writes the ONNX files; those newer than the builder stay."""
        sources = [Path(module.__file__).stat().st_mtime for module in (networks, graph)]
        for network in self.selection.networks():
            path = self.model_path(network)
            if not path.exists() or path.stat().st_mtime < max(sources):
                self.say(f'build {network.name}')
                network.build().save(path)

    def compile(self):
        """Compiles every network once, those with a time limit and the products `repeats` times."""
        often = {row[1] for row in self.selection.compile}
        self.data['networks'] = {}
        for network in self.selection.networks():
            # A single product compiles in the time a process takes to start: more runs find its median.
            repeats = 3 * self.repeats if network.kind == 'matmul' else self.repeats if network in often else 1
            self.say(f'compile {network.name}' + (f', {repeats} times' if repeats > 1 else ''))
            runs = [measure.compile_network(self.model_path(network), self.folder / network.name)
                    for _ in range(repeats)]
            work, info = limits.work_of(self.model_path(network)), measure.model_info(self.om_path(network))
            self.data['compiler'] = info['compiler']
            self.data['networks'][network.name] = {
                'compile_s': median(run['seconds'] for run in runs),
                'compile_s_each': [run['seconds'] for run in runs],
                'compile_resident_bytes': max(run['resident_bytes'] for run in runs),
                'phase_ms': {name: median(run['phase_ms'][name] for run in runs) for name in runs[0]['phase_ms']},
                'work': {**vars(work), 'half_weight_bytes': work.half_weight_bytes(),
                         'compulsory_bytes': work.compulsory_bytes(info['weight_bytes']),
                         'limit_s': work.limits(self.chip)},
                'om_bytes': info['file_bytes'], 'alive_at_peak': info['alive_at_peak'],
                'arena_peak_bytes': info['arena_peak_bytes'],
                'arena_bound_bytes': info['arena_bound_bytes'], 'ai_core_nodes': info['ai_core_nodes'],
                'ai_cpu_nodes': info['ai_cpu_nodes']}

    def throughput(self):
        """Simulated time of the networks with a published figure. It is the same in every run, so one after a
        warm-up (the L2 cache then holds what a stream of pictures leaves in it) is enough."""
        self.data['throughput'] = []
        for row in self.selection.throughput:
            self.say(f'simulate {row.network.name}')
            bench = measure.simulate(self.om_path(row.network))
            self.say(f'simulate {row.network.name} with hazard checks')
            try:
                measure.simulate(self.om_path(row.network), options=['--hazards'])
                hazards = None
            except measure.Failed as failed:
                hazards = str(failed).strip().splitlines()[-1].replace(str(self.folder), '')
            work = self.data['networks'][row.network.name]['work']
            stats, seconds = bench['stats'], bench['simulated_us'] * 1e-6
            peak = seconds * self.chip.cube_products_per_second
            bound = {}
            for kernel in stats['kernels']:
                bound[kernel['bound']] = bound.get(kernel['bound'], 0) + kernel['us']
            self.data['throughput'].append({
                'title': row.title, 'network': row.network.name, 'per_second': row.network.batch / seconds,
                'per_second_first_run': row.network.batch * 1e6 / bench['simulated_us_first'],
                'vendor': row.vendor, 'must': row.must, 'go_for': row.go_for,
                'limit': row.network.batch / max(work['limit_s'].values()),
                'cube_share': work['products'] / peak, 'cube_share_padded': work['padded_products'] / peak,
                'cycles': stats['cycles'], 'simulated_us': bench['simulated_us'], 'kernels': len(stats['kernels']),
                'dram_bytes': stats['dram_bytes'], 'compulsory_bytes': work['compulsory_bytes'],
                'us_by_bound': bound, 'hazards': hazards, 'wall_ms': bench['wall_ms_median'],
                'slowest': slowest(stats['kernels'])})

    def wall(self):
        """Host time of the simulator and of ONNX Runtime, in turns, so that both see the same machine."""
        self.data['wall'] = []
        counts = [count for count in plan.WALL_THREADS if count <= self.data['machine']['cores']]
        for title, network in self.selection.wall:
            keep = self.folder / f'{network.name}.reference'
            row = {'title': title, 'network': network.name, 'threads': {}, 'cycles': {}}
            for count in counts:
                self.say(f'run {network.name} and ONNX Runtime on {count} thread{"s" if count > 1 else ""}')
                rounds = [self.wall_round(network, count, keep, turn) for turn in range(self.repeats)]
                times = {kind: median(times[kind]['wall_ms_median'] for times in rounds) for kind in rounds[0]}
                row['threads'][str(count)] = {'simulator_ms': times['plain'], 'onnxruntime_ms': times['native'],
                                              'ratio': times['plain'] / times['native']}
                row['cycles'][str(count)] = rounds[0]['plain']['cycles']
                if count == 1:
                    row['hazard_factor'] = ratio(rounds, 'hazards', 'plain')
                    row['timing_cost'] = ratio(rounds, 'plain', 'no-timing') - 1
                    row['load_ms'] = median(times['plain']['load_ms'] for times in rounds)
            row['cycles']['4'] = measure.simulate(self.om_path(network), threads=4)['cycles']
            row['error'] = measure.largest_error(self.om_path(network), keep)
            self.data['wall'].append(row)

    def wall_round(self, network, threads, keep, turn):
        """One turn of each kind of run; on one thread also with hazard checks and without timing. Every other
        turn goes backwards, so that none of them always follows the same one."""
        def simulate(*options):
            return measure.simulate(self.om_path(network), threads=threads, repeat=5, options=options)

        def native():
            times = measure.native(self.model_path(network), threads=threads, repeat=5, keep=keep)['wall_ms']
            return {'wall_ms_median': median(times)}
        kinds = {'native': native, 'plain': simulate}
        if threads == 1:
            kinds.update({'no-timing': lambda: simulate('--no-timing'), 'hazards': lambda: simulate('--hazards')})
        order = list(kinds) if turn % 2 == 0 else list(kinds)[::-1]
        return {kind: kinds[kind]() for kind in order}

    def peers(self):
        """Other compilers on the same files, each on one thread."""
        self.data['peers'] = []
        for title, network in self.selection.peers:
            for name in ('iree', 'openvino'):
                self.say(f'compile and run {network.name} with {name}')
                row = {'title': title, 'network': network.name, 'peer': name}
                try:
                    row.update(measure.peer(name, self.model_path(network), threads=1, repeat=3))
                except measure.Failed as failed:
                    row['failed'] = 'not installed' if str(failed) == 'not installed' else 'did not run this network'
                    self.say(str(failed).strip().splitlines()[-1])
                self.data['peers'].append(row)

    def everything(self):
        self.build()
        self.compile()
        self.throughput()
        self.wall()
        self.peers()
        self.data['seconds'] = self.say.seconds()
        return self.data
