"""The summary of a measurement: console lines and JSON."""
import json

import numpy as np

from .interface import MemorySummary


def information(text):
    print(f'[INFO] {text}')


def figures(times):
    """Minimum, maximum, mean, median and 99th percentile of a list of milliseconds."""
    return {'min': float(np.min(times)), 'max': float(np.max(times)), 'mean': float(np.mean(times)),
            'median': float(np.median(times)), 'percentile(99%)': float(np.percentile(times, 99))}


def _line(name, values):
    return f'{name} (ms): ' + ', '.join(f'{key} = {value}' for key, value in values.items())


class Summary:
    """Files and times of one measurement."""

    def __init__(self):
        self.files = {}

    def add(self, index, sources, results):
        """One sample: its input files and its result files."""
        self.files[str(index)] = {'infiles': sources, 'outfiles': results}

    def report(self, times, batchsize, all_times):
        """Prints the summary; the result is what the JSON file holds."""
        compute = figures(times)
        throughput = 1000 * batchsize / compute['mean'] if compute['mean'] else 0.0
        out = {'filesinfo': self.files, 'NPU_compute_time': compute, 'npu_compute_time_list': list(times),
               'throughput': throughput}
        for key, copies in (('H2D_latency', MemorySummary.get_h2d_time_list()),
                            ('D2H_latency', MemorySummary.get_d2h_time_list())):
            out[key] = figures(copies)
        information('-----------------Performance Summary------------------')
        if all_times:
            information(_line('H2D_latency', out['H2D_latency']))
        information(_line('NPU_compute_time', compute))
        if all_times:
            information(_line('D2H_latency', out['D2H_latency']))
        information(f'throughput 1000*batchsize.mean({batchsize})/NPU_compute_time.mean({compute["mean"]}): {throughput}')
        information('------------------------------------------------------')
        return out

    @staticmethod
    def write(path, content):
        path.write_text(json.dumps(content, indent=1) + '\n')


def write_array(folder, name, array, form):
    """Writes one output as `name`.npy, .bin or .txt and returns the file's path."""
    path = folder / f'{name}.{form.lower()}'
    if form == 'NPY':
        np.save(path, array)
    elif form == 'BIN':
        array.tofile(path)
    else:
        np.savetxt(path, array.reshape(-1, array.shape[-1] if array.ndim else 1), fmt='%.8g' if
                   array.dtype.kind == 'f' else '%s')
    return str(path)
