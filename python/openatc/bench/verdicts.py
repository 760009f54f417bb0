"""One sentence for each target: met or missed, by how much, and what the bound is where it is missed."""
import math
import statistics

from openatc.bench import plan

BOUND_WORDS = {'dram': 'DRAM', 'launch': 'kernel launches', 'cube': 'the cube', 'vector': 'the vector unit',
               'scalar': 'the scalar unit', 'host': 'the AI CPU', 'mte1': 'moves from L1 (MTE1)',
               'mte2': 'moves from global memory (MTE2)', 'mte3': 'moves to global memory (MTE3)'}


def word(bound):
    return BOUND_WORDS.get(bound.lower(), bound)


def state(met):
    return 'met' if met else '**missed**'


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def _bound_sentence(row):
    """Which resource most of the time is bound by, and the slowest kernel's."""
    total = sum(row['us_by_bound'].values())
    (first, us), *others = sorted(row['us_by_bound'].items(), key=lambda item: -item[1])
    text = f'{100 * us / total:.0f} % of its time is bound by {word(first)}'
    text += ''.join(f', {100 * other / total:.0f} % by {word(name)}' for name, other in others[:2]
                    if other > total / 20)
    top = row['slowest'][0]
    return f'{text}; its slowest kernel takes {top["us"]:.0f} us and is bound by {word(top["bound"])}'


def _throughput(data):
    for row in data['throughput']:
        reached = row['per_second']
        head = f'{row["title"]}: {reached:,.0f} a second'
        if reached >= row['go_for']:
            yield f'{head}, must {row["must"]:,} and go-for {row["go_for"]:,} are met.'
        else:
            level, target = ('go-for', row['go_for']) if reached >= row['must'] else ('must', row['must'])
            begin = f'must {row["must"]:,} is met, go-for' if level == 'go-for' else 'must'
            yield (f'{head}, {begin} {target:,} is **missed** by {100 * (1 - reached / target):.1f} %: '
                   f'{_bound_sentence(row)}.')
    broken = [row['title'] for row in data['throughput'] if row['hazards'] is not None]
    if data['throughput']:
        yield ('Kernels free of hazards: met by all networks.' if not broken
               else f'Kernels free of hazards: **missed** by {", ".join(broken)}.')


def _wall(data):
    rows = data['wall']
    for count in rows[0]['threads'] if rows else ():
        mean = geometric_mean([row['threads'][count]['ratio'] for row in rows])
        worst = max(rows, key=lambda row: row['threads'][count]['ratio'])
        if mean <= plan.WALL_GO_FOR:
            verdict = 'must 2.0 and go-for 1.0 are met'
        else:
            verdict = f'must 2.0 is {state(mean <= plan.WALL_MUST)}, go-for 1.0 is **missed**'
        yield (f'Simulator against ONNX Runtime on {count} thread{"s" if count != "1" else ""}: {mean:.2f} times its '
               f'time (geometric mean of {len(rows)}), {verdict}; the slowest is {worst["title"]} at '
               f'{worst["threads"][count]["ratio"]:.2f}.')
    if not rows:
        return
    equal = all(len(set(row['cycles'].values())) == 1 for row in rows)
    yield f'Cycles identical for {", ".join(rows[0]["cycles"])} host threads: {state(equal)}.'
    factor = max(row['hazard_factor'] for row in rows)
    yield f'Hazard checks below three times the plain time: {state(factor < plan.HAZARD_FACTOR)}, at most {factor:.2f}.'
    middle = statistics.median(row['timing_cost'] for row in rows)
    yield f'Timing below 5 % of a run without it: {state(middle < plan.TIMING_COST)}, median {100 * middle:.1f} %.'


def _compilation(data):
    networks = data['networks']
    for title, network, limit in plan.COMPILE:
        if network.name not in networks:
            continue
        n = networks[network.name]
        slow = max(n['phase_ms'], key=n['phase_ms'].get)
        met = n['compile_s'] <= limit
        yield (f'{title} compiles in {n["compile_s"]:.2f} s, limit {limit:g} s: {state(met)}'
               + ('.' if met else f'; phase `{slow}` takes {n["phase_ms"][slow] / 1e3:.2f} s.'))
    for name, n in networks.items():
        most = plan.RESIDENT_FACTOR * n['work']['weight_bytes'] + plan.RESIDENT_BYTES
        if n['compile_resident_bytes'] > most:
            yield (f'Peak memory of compiling {name}: {n["compile_resident_bytes"] / plan.MIB:.0f} MiB, **missed** '
                   f'({most / plan.MIB:.0f} MiB is 2.5 times the fp32 weights and 300 MiB).')
    if networks and all(n['compile_resident_bytes'] <= plan.RESIDENT_FACTOR * n['work']['weight_bytes']
                        + plan.RESIDENT_BYTES for n in networks.values()):
        yield 'Peak memory of compilations at most 2.5 times the fp32 weights and 300 MiB: met by all networks.'
    products = [(columns, networks.get(plan.Network('matmul', 1, columns).name)) for columns in plan.MATMUL_COLUMNS]
    if all(n for _, n in products):
        times = [n['compile_s'] for _, n in products]
        flat = all(abs(time / times[0] - 1) <= plan.MATMUL_SPREAD for time in times)
        yield ('A single MatMul of two inputs, [256, 256] x [256, N], compiles in '
               + ', '.join(f'{1e3 * n["compile_s"]:.0f} ms (N = {columns})' for columns, n in products)
               + f'; flat within 50 %: {state(flat)}.')


def _files(data):
    networks = data['networks']
    large = [name for name, n in networks.items()
             if n['om_bytes'] > plan.FILE_FACTOR * n['work']['half_weight_bytes'] + plan.FILE_BYTES]
    yield ('.om at most 1.03 times the fp16 weights and 1 MiB: '
           + ('met by all networks.' if not large else f'**missed** by {", ".join(large)}.'))
    wide = {name: n['arena_peak_bytes'] / n['arena_bound_bytes'] for name, n in networks.items()
            if n['arena_peak_bytes'] > plan.ARENA_FACTOR * n['arena_bound_bytes']}
    yield ('Arena at most 1.05 times the liveness bound: '
           + ('met by all networks.' if not wide
              else '**missed** by ' + ', '.join(f'{name} ({ratio:.3f})' for name, ratio in wide.items()) + '.'))
    title, limit = plan.LOAD_MS
    for row in data['wall']:
        if row['title'] == title:
            yield f'{title} loads in {row["load_ms"]:.1f} ms, limit {limit:g} ms: {state(row["load_ms"] <= limit)}.'


def verdicts(data):
    """The sentences, in the order of the sections."""
    return [*_throughput(data), *_wall(data), *_compilation(data), *_files(data)]
