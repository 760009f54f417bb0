"""Writes docs/benchmarks.md from what collect.py measured. Every sentence about a target follows from the figures."""
from openatc.bench import plan
from openatc.bench.verdicts import verdicts


def number(value):
    """A figure with the digits that mean something."""
    if value >= 1000:
        return f'{value:,.0f}'
    return f'{value:.1f}' if value >= 100 else f'{value:.2f}' if value < 10 else f'{value:.1f}'


def mib(count):
    return f'{count / plan.MIB:.2f}' if count < 10 * plan.MIB else f'{count / plan.MIB:.1f}'


def percent(share):
    return f'{100 * share:.1f} %' if share < 0.1 else f'{100 * share:.0f} %'


def table(heads, rows):
    """A Markdown table; the first column is text, the others are figures."""
    lines = ['| ' + ' | '.join(heads) + ' |', '|---|' + (len(heads) - 1) * '---:|']
    return '\n'.join(lines + ['| ' + ' | '.join(map(str, row)) + ' |' for row in rows])


def introduction(data):
    facts, repeats = data['machine'], data['repeats']
    rounds = f'medians of {repeats} rounds' if repeats > 1 else 'of a single round'
    whole = '' if data['whole'] else ' This is a part of the benchmark; the rest was left out by options.'
    simd = ', '.join(facts['simd']) or 'no SIMD extensions'
    return (f'Written by `scripts/bench.sh`, which anyone can repeat.{whole} Machine: {facts["cpu"]}, {facts["cores"]} '
            f'cores, {facts["memory_gib"]} GiB, {simd}; Python {facts["python"]}, ONNX Runtime {facts["onnxruntime"]}, '
            f'{data["compiler"]}. Simulated figures are those of {data["soc"]} and the same on every machine. Host times '
            f'are {rounds}; the load average was {facts["load_average_at_start"]} when the run began.\n\n'
            'Weights are seeded random values in the published architectures, compiled in fp16 '
            '(`force_fp16`, the default).')


LIMIT = """**Limit**: the largest of the cube time (rows of one picture or matrix, columns and summed length each rounded
up to 16, at {cores} cores x 4096 products x {ghz:g} GHz), the vector time of depthwise convolutions (a
multiplication and an addition per product, 128 halves each a cycle and core), and weights, inputs and outputs
once as halves over {dram:g} GB/s.

**Share of cube peak**: products of dense convolutions and matrix products (depthwise ones are not among them)
over what the cubes could do in the simulated time; useful as the network states them, padded as in the limit."""


def throughput(data):
    rows = [[r['title'], number(r['per_second']), number(r['vendor']), number(r['must']), number(r['go_for']),
             number(r['limit']), percent(r['per_second'] / r['limit']), percent(r['cube_share']),
             percent(r['cube_share_padded']), 'clean' if r['hazards'] is None else 'FAILED']
            for r in data['throughput']]
    chip = data['chip']
    return ('Images or sentences per second, simulated, launches of kernels included. The L2 cache holds what '
            'the run before left in it. "Vendor" is the published figure for the same chip; "limit" is the most that '
            'the chip could do (below).\n\n'
            + table(['network', 'simulated', 'vendor', 'must reach', 'go for', 'limit', 'of limit', 'cube peak, useful',
                     'cube peak, padded', 'hazards'], rows)
            + '\n\n' + LIMIT.format(cores=chip['cores'], ghz=chip['hertz'] / 1e9,
                                    dram=chip['dram_bytes_per_second'] / 1e9))


def pipes(kernel):
    busy = sorted(kernel.get('busy', {}).items(), key=lambda item: -item[1])[:3]
    return ', '.join(f'{name} {100 * share:.0f} %' for name, share in busy)


def nodes_of(kernel, width=52):
    text = ' + '.join(kernel['nodes']).replace('|', '/')
    return text if len(text) <= width else text[:width - 3] + '...'


BOUNDS = """The ten slowest kernels of each network. The bound is the busiest resource: `cube`, `vector`, `scalar`, a move
pipe (`mte1` L1 to L0, `mte2` global memory inwards, `mte3` outwards), `dram`, or `launch` where the launch is
the larger half; the rule is in [timing-model.md](timing-model.md). Behind it, the share of time that pipes
work, M being the cube and V the vector unit. Slices of a batch run one kernel several times; its launches count
together."""


def slowest(data):
    parts = [BOUNDS]
    for row in data['throughput']:
        total = sum(row['us_by_bound'].values())
        shares = sorted(row['us_by_bound'].items(), key=lambda item: -item[1])
        rows = [[f'`{nodes_of(kernel)}`', kernel['launches'], f'{kernel["us"]:.1f}', percent(kernel['us'] / total),
                 kernel['bound'], pipes(kernel)] for kernel in row['slowest']]
        parts.append(f'### {row["title"]}\n\n{row["kernels"]} launches, {total:.0f} us, by bound: '
                     + ', '.join(f'{name} {percent(us / total)}' for name, us in shares) + '.\n\n'
                     + table(['ONNX nodes', 'launches', 'us', 'share', 'bound', 'busiest pipes'], rows))
    return '\n\n'.join(parts)


def traffic(data):
    rate = data['chip']['dram_bytes_per_second']
    rows = [[r['title'], f'{r["dram_bytes"] / 1e6:.1f}', f'{r["compulsory_bytes"] / 1e6:.1f}',
             f'{r["dram_bytes"] / r["compulsory_bytes"]:.2f}',
             percent(r['dram_bytes'] / rate / (r['simulated_us'] * 1e-6))] for r in data['throughput']]
    return ('Compulsory are the compiled weights once, and inputs and outputs once in the types in which applications '
            'pass them. A ratio below 1 means that a part is still in L2 from the run before.\n\n'
            + table(['network', 'DRAM MB', 'compulsory MB', 'ratio', 'DRAM busy'], rows))


def arena(data):
    rows = []
    for name, n in data['networks'].items():
        if n['arena_bound_bytes']:
            alive = ', '.join(f'`{t["name"]}` {mib(t["bytes"])}' for t in n['alive_at_peak'][:3])
            more = len(n['alive_at_peak']) - 3
            rows.append([name, mib(n['arena_peak_bytes']), mib(n['arena_bound_bytes']),
                         f'{n["arena_peak_bytes"] / n["arena_bound_bytes"]:.3f}',
                         alive + (f' and {more} more' if more > 0 else '')])
    return ('Memory of intermediate tensors; no plan can need less than the most bytes that are alive at one task.\n\n'
            + table(['network', 'peak MiB', 'bound MiB', 'ratio', 'alive there, MiB'], rows))


def wall(data):
    heads, rows = ['network'], []
    counts = list(data['wall'][0]['threads'])
    for count in counts:
        plural = 'threads' if count != '1' else 'thread'
        heads += [f'simulator ms, {count} {plural}', 'ONNX Runtime ms', 'ratio']
    heads += ['with hazard checks', 'cost of timing', 'error / largest']
    for row in data['wall']:
        cells = [row['title']]
        for count in counts:
            part = row['threads'][count]
            cells += [f'{part["simulator_ms"]:.1f}', f'{part["onnxruntime_ms"]:.1f}', f'{part["ratio"]:.2f}']
        rows.append(cells + [f'x {row["hazard_factor"]:.2f}', percent(row['timing_cost']), f'{row["error"]:.1e}'])
    return ('Host time of one run, timing on, against ONNX Runtime in fp32 on the same file and as many threads, '
            'measured in turns. Hazard checks and the cost of timing are those on one thread. The '
            'error is the largest difference from its results relative to the largest of them.\n\n'
            + table(heads, rows))


def compilation(data):
    rows = []
    for name, n in data['networks'].items():
        work = n['work']
        ratio = f'{n["om_bytes"] / work["half_weight_bytes"]:.3f}' if work['half_weight_bytes'] else '-'
        phases = ', '.join(f'{phase} {ms:.0f}' for phase, ms in n['phase_ms'].items())
        rows.append([name, f'{n["compile_s"]:.2f}', mib(n['compile_resident_bytes']), mib(work['weight_bytes']),
                     mib(n['om_bytes']), ratio, phases])
    loads = ', '.join(f'{row["title"]} {row["load_ms"]:.1f} ms' for row in data.get('wall', []))
    text = table(['network', 'seconds', 'peak MiB', 'ONNX weights MiB', '.om MiB', '.om / fp16 weights', 'phases, ms'],
                 rows)
    return text + ('\n\nLoading (map, verify header and metadata, ready to execute; median, file in the page cache): '
                   f'{loads}. The digest of the weights is checked beside the first run.' if loads else '')


def peers(data):
    rows = []
    for row in data['peers']:
        title = f'{row["title"]}, {row["peer"]} {row.get("version", "")}'.strip()
        if 'failed' in row:
            rows.append([title, row['failed'], '', '', ''])
        else:
            rows.append([title, f'{row["compile_s"]:.2f}', mib(row['artefact_bytes']), f'{row["load_ms"]:.1f}',
                         f'{sorted(row["wall_ms"])[len(row["wall_ms"]) // 2]:.1f}'])
    for row in data['wall']:
        if row['network'] in {r['network'] for r in data['peers']}:
            n = data['networks'][row['network']]
            rows.append([f'{row["title"]}, OpenATC (simulated NPU)', f'{n["compile_s"]:.2f}', mib(n['om_bytes']),
                         f'{row["load_ms"]:.1f}', f'{row["threads"]["1"]["simulator_ms"]:.1f}'])
    return ('Native compilers for the host processor on the same files, one thread to run. They keep fp32 weights, '
            'OpenATC fp16 ones; they run natively, OpenATC simulates another machine.\n\n'
            + table(['network and compiler', 'compile s', 'artefact MiB', 'load ms', 'run ms'], sorted(rows)))


def page(data):
    """The whole document."""
    parts = ['# Benchmarks', introduction(data), '## Targets', '\n'.join(f'* {line}' for line in verdicts(data))]
    for title, key, write in (('Simulated throughput', 'throughput', throughput),
                              ('Where the time goes', 'throughput', slowest), ('DRAM traffic', 'throughput', traffic),
                              ('Arena', 'networks', arena),
                              ('Simulator speed', 'wall', wall), ('Compilation and files', 'networks', compilation),
                              ('Other compilers', 'peers', peers)):
        if data.get(key):
            parts += [f'## {title}', write(data)]
    return '\n\n'.join(parts) + '\n'
