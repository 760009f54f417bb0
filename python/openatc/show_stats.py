"""Prints the statistics that `om run --stats` wrote as a table: where the predicted time goes.

    python -m openatc.show_stats stats.json
"""
import json
import sys


def node_list(nodes, width):
    """The ONNX nodes of a kernel, shortened to `width` characters."""
    text = ' + '.join(nodes)
    return text if len(text) <= width else text[:width - 3] + '...'


def table(stats):
    """The lines of the table for the parsed statistics."""
    kernels = stats['kernels']
    width = max([len('ONNX nodes'), *(len(node_list(k['nodes'], 60)) for k in kernels)])
    lines = [f'{"ONNX nodes":{width}}  {"us":>8}  {"share":>6}  {"bound":8}  busiest pipe']
    total = stats['simulated_us']
    for kernel in kernels:
        busy = kernel.get('busy') or {}
        pipe = max(busy, key=busy.get) if busy else ''
        pipe = f'{pipe} {100 * busy[pipe]:.0f} %' if pipe else kernel['engine']
        share = 100 * kernel['us'] / total if total else 0
        lines.append(f'{node_list(kernel["nodes"], 60):{width}}  {kernel["us"]:8.2f}  {share:5.1f}%  '
                     f'{kernel["bound"]:8}  {pipe}')
    lines.append(f'{"total on " + stats["soc"]:{width}}  {total:8.2f}')
    return lines


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        print('\n'.join(table(json.load(file))))
