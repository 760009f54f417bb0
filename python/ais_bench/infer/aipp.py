"""Run-time AIPP parameters from the INI file of --aipp_config."""
import configparser

import acl
from openatc.device import checked

FORMATS = {'YUV420SP_U8': 1, 'XRGB8888_U8': 2, 'RGB888_U8': 3, 'YUV400_U8': 4}
_SWITCHES = ('crop', 'padding', 'csc_switch', 'rbuv_swap_switch', 'ax_swap_switch')
_NUMBERS = {
    'load_start_pos_w': 0, 'load_start_pos_h': 0, 'crop_size_w': 0, 'crop_size_h': 0, 'left_padding_size': 0,
    'right_padding_size': 0, 'top_padding_size': 0, 'bottom_padding_size': 0,
    **{f'matrix_r{row}c{column}': 0 for row in range(3) for column in range(3)},
    **{f'{side}_bias_{i}': 0 for side in ('output', 'input') for i in range(3)},
    **{f'mean_chn_{i}': 0 for i in range(4)}, **{f'min_chn_{i}': 0.0 for i in range(4)},
    **{f'var_reci_chn_{i}': 1.0 for i in range(4)},
}
_REQUIRED = ('input_format', 'src_image_size_w', 'src_image_size_h')


def load(path):
    """The parameters as a dict, checked for names and kinds; what they allow is the library's to say."""
    parser = configparser.ConfigParser(delimiters=(':', '='))
    if not parser.read(path) or not parser.has_section('aipp_op'):
        raise RuntimeError(f'{path} cannot be read or has no section [aipp_op]')
    given = dict(parser['aipp_op'])
    missing = [name for name in _REQUIRED if name not in given]
    if missing:
        raise RuntimeError(f'{path}: {", ".join(missing)} must be given')
    out = {**_NUMBERS, **dict.fromkeys(_SWITCHES, 0)}
    for name, value in given.items():
        if name == 'input_format':
            if value not in FORMATS:
                raise RuntimeError(f'{path}: input_format {value} is not one of {", ".join(FORMATS)}')
            out[name] = FORMATS[value]
        elif name in _SWITCHES:
            if value not in ('0', '1'):
                raise RuntimeError(f'{path}: {name} is a switch of 0 or 1, not {value}')
            out[name] = int(value)
        elif name in _NUMBERS or name in _REQUIRED:
            kind = type(_NUMBERS.get(name, 0))
            try:
                out[name] = kind(value)
            except ValueError:
                raise RuntimeError(f'{path}: {name} is no number: {value}') from None
        else:
            raise RuntimeError(f'{path}: there is no parameter {name}')
    return out


def apply(values, handle, batch):
    """Fills an AIPP parameter set for `batch` images."""
    def numbers(*names):
        return [values[name] for name in names]

    def series(prefix, count):
        return numbers(*(f'{prefix}{i}' for i in range(count)))
    checked(acl.mdl.set_aipp_input_format, handle, values['input_format'])
    checked(acl.mdl.set_aipp_src_image_size, handle, *numbers('src_image_size_w', 'src_image_size_h'))
    checked(acl.mdl.set_aipp_csc_params, handle, values['csc_switch'],
            *numbers(*(f'matrix_r{row}c{column}' for row in range(3) for column in range(3))),
            *series('output_bias_', 3), *series('input_bias_', 3))
    checked(acl.mdl.set_aipp_rbuv_swap_switch, handle, values['rbuv_swap_switch'])
    checked(acl.mdl.set_aipp_ax_swap_switch, handle, values['ax_swap_switch'])
    for image in range(batch):
        checked(acl.mdl.set_aipp_crop_params, handle, *numbers(
            'crop', 'load_start_pos_w', 'load_start_pos_h', 'crop_size_w', 'crop_size_h'), image)
        checked(acl.mdl.set_aipp_padding_params, handle, *numbers(
            'padding', 'top_padding_size', 'bottom_padding_size', 'left_padding_size', 'right_padding_size'), image)
        checked(acl.mdl.set_aipp_dtc_pixel_mean, handle, *series('mean_chn_', 4), image)
        checked(acl.mdl.set_aipp_dtc_pixel_min, handle, *series('min_chn_', 4), image)
        checked(acl.mdl.set_aipp_pixel_var_reci, handle, *series('var_reci_chn_', 4), image)
