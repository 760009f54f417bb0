"""The published AIPP formulas in NumPy: what the pre-processing stage must compute, bit for bit.

Two points are open in the public documents and are settled here:

* Colour conversion is published with `>> 8`. It is an arithmetic shift, so it rounds towards minus
  infinity. A kernel of a later chip rounds half away from zero instead; the published formula is the one
  that every guide and every precomputed matrix refers to, so it is the one used.
* Normalisation works in half precision: the differences and the product are each rounded.

Networks that take bytes get them without normalisation. `block` is the parameter block of dynamic
AIPP, written from the documented table of offsets.
"""
import struct
from dataclasses import dataclass, field

import numpy as np

BYTES_PER_PIXEL = {'YUV420SP_U8': 1.5, 'XRGB8888_U8': 4, 'RGB888_U8': 3, 'YUV400_U8': 1}

# The parameter block numbers formats in its own way.
BLOCK_FORMATS = {'YUV420SP_U8': 1, 'XRGB8888_U8': 2, 'RGB888_U8': 5, 'YUV400_U8': 10}

# The published conversions: rows of the matrix, then the bias of the input or output.
YUV_TO_RGB = {
    'jpeg': ([[256, 0, 359], [256, -88, -183], [256, 454, 0]], [0, 128, 128]),
    'bt601_narrow': ([[298, 0, 409], [298, -100, -208], [298, 516, 0]], [16, 128, 128]),
    'bt709_narrow': ([[298, 0, 459], [298, -55, -136], [298, 541, 0]], [16, 128, 128]),
    'bt709_wide': ([[256, 0, 403], [256, -48, -120], [256, 475, 0]], [0, 128, 128]),
}
RGB_TO_YUV = {
    'jpeg': ([[77, 150, 29], [-43, -85, 128], [128, -107, -21]], [0, 128, 128]),
    'bt601_narrow': ([[66, 129, 25], [-38, -74, 112], [112, -94, -18]], [16, 128, 128]),
    'bt709_narrow': ([[47, 157, 16], [-26, -87, 112], [112, -102, -10]], [16, 128, 128]),
    'bt709_wide': ([[55, 183, 19], [-29, -99, 128], [128, -116, -12]], [0, 128, 128]),
}
RGB_TO_GREY = [[76, 150, 30], [0, 0, 0], [0, 0, 0]]
YUV_TO_GREY = [[256, 0, 0], [0, 0, 0], [0, 0, 0]]


@dataclass
class Aipp:
    """One static configuration; fields are called as in the configuration file."""

    input_format: str
    src_image_size_w: int
    src_image_size_h: int
    rbuv_swap_switch: bool = False
    ax_swap_switch: bool = False
    crop: tuple | None = None  # x, y, width, height
    csc_matrix: list | None = None  # 3 x 3; None leaves the conversion off
    input_bias: list = field(default_factory=lambda: [0, 0, 0])
    output_bias: list = field(default_factory=lambda: [0, 0, 0])
    mean_chn: list = field(default_factory=lambda: [0, 0, 0])
    min_chn: list = field(default_factory=lambda: [0.0, 0.0, 0.0])
    var_reci_chn: list = field(default_factory=lambda: [1.0, 1.0, 1.0])
    padding: tuple | None = None  # left, right, top, bottom
    padding_value: float = 0.0
    related_input_rank: int = 0

    def image_bytes(self):
        return int(self.src_image_size_w * self.src_image_size_h * BYTES_PER_PIXEL[self.input_format])

    def text(self):
        """The configuration as a file for --insert_op_conf."""
        lines = ['aipp_mode: static', f'related_input_rank: {self.related_input_rank}',
                 f'input_format: {self.input_format}',
                 f'src_image_size_w: {self.src_image_size_w}', f'src_image_size_h: {self.src_image_size_h}']
        for name in ('rbuv_swap_switch', 'ax_swap_switch'):
            lines.append(f'{name}: {str(getattr(self, name)).lower()}')
        if self.crop:
            names = ('load_start_pos_w', 'load_start_pos_h', 'crop_size_w', 'crop_size_h')
            lines += ['crop: true', *(f'{name}: {value}' for name, value in zip(names, self.crop))]
        if self.csc_matrix:
            lines.append('csc_switch: true')
            lines += [f'matrix_r{i}c{j}: {self.csc_matrix[i][j]}' for i in range(3) for j in range(3)]
            bias = 'input' if self.input_format == 'YUV420SP_U8' else 'output'
            lines += [f'{bias}_bias_{i}: {getattr(self, bias + "_bias")[i]}' for i in range(3)]
        for name in ('mean_chn', 'min_chn', 'var_reci_chn'):
            lines += [f'{name}_{i}: {value}' for i, value in enumerate(getattr(self, name))]
        if self.padding:
            lines += ['padding: true', f'padding_value: {self.padding_value}']
            lines += [f'{side}_padding_size: {value}'
                      for side, value in zip(('left', 'right', 'top', 'bottom'), self.padding)]
        return 'aipp_op {\n  ' + '\n  '.join(lines) + '\n}\n'


def block(aipps):
    """The parameter block for pictures of one format and size, each with its own other stages."""
    first = aipps[0]
    matrix = np.array(first.csc_matrix or np.zeros((3, 3)), np.int64).ravel()
    header = struct.pack('<Bbbbb3xii9h6x3B3B18x', BLOCK_FORMATS[first.input_format], bool(first.csc_matrix),
                         first.rbuv_swap_switch, first.ax_swap_switch, len(aipps), first.src_image_size_w,
                         first.src_image_size_h, *matrix, *first.output_bias, *first.input_bias)

    def four(values, rest):
        return [float(np.float32(value)) for value in values] + [rest] * (4 - len(values))

    result = header
    for aipp in aipps:
        left, right, top, bottom = aipp.padding or (0, 0, 0, 0)
        result += struct.pack('<bbbb4x4i4i4i4h4e4e16x', bool(aipp.crop), 0, bool(aipp.padding), 0,
                              *(aipp.crop or (0, 0, 0, 0)), 0, 0, 0, 0, top, bottom, left, right,
                              *[*aipp.mean_chn, 0, 0, 0][:4], *four(aipp.min_chn, 0), *four(aipp.var_reci_chn, 1))
    return result


def decode(aipp, image):
    """One image's bytes as integers [channels, h, w], channels swapped as asked."""
    h, w = aipp.src_image_size_h, aipp.src_image_size_w
    if aipp.input_format == 'YUV400_U8':
        return image.reshape(1, h, w).astype(np.int64)
    if aipp.input_format == 'YUV420SP_U8':
        luma = image[:h * w].reshape(h, w)
        chroma = image[h * w:].reshape(h // 2, w // 2, 2)
        u, v = chroma.repeat(2, 0).repeat(2, 1).transpose(2, 0, 1)
        planes = (luma, v, u) if aipp.rbuv_swap_switch else (luma, u, v)
    else:
        pixels = image.reshape(h, w, -1)
        if aipp.input_format == 'XRGB8888_U8':
            pixels = pixels[:, :, 1:] if aipp.ax_swap_switch else pixels[:, :, :3]
        planes = pixels.transpose(2, 0, 1)
        if aipp.rbuv_swap_switch:
            planes = planes[::-1]
    return np.stack(planes).astype(np.int64)


def convert(aipp, planes):
    """Colour conversion: ((M (in - input_bias)) >> 8) + output_bias, clamped to a byte."""
    matrix = np.array(aipp.csc_matrix, np.int64)
    centred = planes - np.array(aipp.input_bias)[:, None, None]
    out = (np.tensordot(matrix, centred, 1) >> 8) + np.array(aipp.output_bias)[:, None, None]
    out = np.clip(out, 0, 255)
    # Rows and biases of zero below the first row mean a grey picture.
    grey = not matrix[1:].any() and not any(aipp.input_bias) and not any(aipp.output_bias)
    return out[:1] if grey else out


def normalise(aipp, planes):
    """(in - mean - min) * var_reci in half precision, channel by channel."""
    channels = []
    for plane, mean, low, scale in zip(planes, aipp.mean_chn, aipp.min_chn, aipp.var_reci_chn):
        centred = (plane - mean).astype(np.float16)
        shifted = (centred - np.float16(np.float32(low))).astype(np.float16)
        channels.append((shifted * np.float16(np.float32(scale))).astype(np.float16))
    return np.stack(channels)


def apply(aipp, images, byte=False):
    """The network's input, float16 or bytes [n, c, h, w], for images u8 [n, bytes]."""
    result = []
    for image in images:
        planes = decode(aipp, image)
        if aipp.crop:
            x, y, w, h = aipp.crop
            planes = planes[:, y:y + h, x:x + w]
        if aipp.csc_matrix:
            planes = convert(aipp, planes)
        values = planes.astype(np.uint8) if byte else normalise(aipp, planes)
        if aipp.padding:
            left, right, top, bottom = aipp.padding
            values = np.pad(values, ((0, 0), (top, bottom), (left, right)),
                            constant_values=values.dtype.type(np.float32(aipp.padding_value)))
        result.append(values)
    return np.stack(result)
