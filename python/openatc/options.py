"""Options of atc as Python values."""
import os


def words(**options):
    """One word for each option that is not None: '--name=value'."""
    return [f'--{name}={text_of(name, value)}' for name, value in options.items() if value is not None]


def text_of(name, value):
    """The text of a value as atc reads it.

    True and False are 1 and 0, a dict is name:shape pairs, a sequence is separated by commas, a sequence of sequences
    (gears, lists of names with several parts) by semicolons.
    """
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, dict):
        return ';'.join(f'{key}:{text_of(name, part)}' for key, part in value.items())
    try:
        parts = list(value)
    except TypeError:
        raise TypeError(f'option {name}: {type(value).__name__} is neither text, a number nor a sequence') from None
    # Names of tensors contain what separates numbers.
    nested = any(not isinstance(part, (str, int)) for part in parts) or any(':' in str(part) for part in parts)
    return (';' if nested else ',').join(text_of(name, part) for part in parts)
