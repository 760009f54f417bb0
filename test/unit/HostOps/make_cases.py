#!/usr/bin/env python3
"""Writes the single-node cases of the ONNX node suite for openatc_hostops_cases.

Usage: make_cases.py FILE          write the cases
       make_cases.py --run PROGRAM write them to a temporary file and run PROGRAM on it

A case names the operator as HostOps does; attributes that newer opsets made operands are
passed as operands. Exits with 77 when the Python packages are not installed.
"""
import os
import re
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import onnx
    from onnx import numpy_helper
    from onnx.backend.test.loader import load_model_tests
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# ONNX names whose snake_case form is not the mnemonic.
NAMES = {
    "BatchNormalization": "batch_norm", "LayerNormalization": "layer_norm",
    "InstanceNormalization": "instance_norm", "GroupNormalization": "group_norm",
    "LRN": "lrn", "PRelu": "prelu", "Min": "minimum", "Max": "maximum", "MatMul": "matmul",
    "GatherND": "gather_nd", "Upsample": "resize", "Sum": "add",
}
OPERATORS = """Conv ConvTranspose MatMul Gemm BatchNormalization MaxPool AveragePool
GlobalAveragePool GlobalMaxPool Relu Sigmoid Tanh Softplus Mish HardSwish Erf Sqrt Exp Log Abs Neg
Identity Floor Ceil Round Reciprocal Sign Sin Cos Not LeakyRelu Elu Selu HardSigmoid Gelu Clip
PRelu Add Sub Mul Div Pow Min Max Sum Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor Mod
Softmax LogSoftmax LayerNormalization InstanceNormalization GroupNormalization LRN ReduceMean
ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
ReduceSumSquare ArgMax ArgMin Reshape Flatten Squeeze Unsqueeze Transpose Concat Split Slice Pad
Gather GatherElements GatherND Expand Tile DepthToSpace SpaceToDepth Resize Upsample Where Cast
Dropout Shape Size ConstantOfShape Range""".split()
# ONNX element types that HostOps has.
DTYPES = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16}
IGNORED = {"momentum", "training_mode", "stash_type", "seed", "round_mode", "consumed_inputs"}
RENAMED = {"transA": "trans_a", "transB": "trans_b"}


class Skip(Exception):
    """The case is outside of the operator contract; says why."""


def mnemonic(op):
    if op in NAMES:
        return NAMES[op]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", op).lower()


def move_to_operand(attrs, inputs, name, index, dtype=np.int64):
    """Makes the attribute `name` of an old opset operand `index`."""
    if name in attrs:
        inputs.extend([None] * (index + 1 - len(inputs)))
        value = np.asarray(attrs.pop(name), dtype=dtype)
        inputs[index] = (np_dtype_number(value), value)


def np_dtype_number(array):
    return onnx.helper.np_dtype_to_tensor_dtype(array.dtype)


def convert(node, opset, inputs, outputs):
    """The (operator, attributes, inputs) of a node in the form of HostOps."""
    attrs = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    op = node.op_type
    training = attrs.get("training_mode", 0)
    attrs = {RENAMED.get(k, k): v for k, v in attrs.items() if k not in IGNORED}
    if op in ("Conv", "ConvTranspose"):
        attrs.pop("kernel_shape", None)
    elif op == "BatchNormalization" and training:
        raise Skip("training mode")
    elif op == "Dropout":
        attrs.pop("ratio", None)
        attrs["with_mask"] = int(len(outputs) > 1)
        if len(inputs) > 2 and inputs[2] is not None and inputs[2][1]:
            raise Skip("training mode")
    elif op == "LayerNormalization":
        attrs["num_results"] = len(outputs)
    elif op == "MaxPool":
        attrs["with_indices"] = int(len(outputs) > 1)
    elif op == "Split":
        move_to_operand(attrs, inputs, "split", 1)
        attrs["num_outputs"] = len(outputs)
    elif op in ("Squeeze", "Unsqueeze") or op.startswith("Reduce"):
        move_to_operand(attrs, inputs, "axes", 1)
    elif op == "Clip":
        move_to_operand(attrs, inputs, "min", 1, np.float32)
        move_to_operand(attrs, inputs, "max", 2, np.float32)
    elif op in ("Softmax", "LogSoftmax") and opset < 13:
        attrs.setdefault("axis", 1)
        attrs["flatten"] = 1
    elif op == "Upsample":
        inputs.insert(1, None)
        attrs.update(coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    elif op == "ConstantOfShape":
        value = attrs.pop("value", None)
        array = np.zeros(1, np.float32) if value is None else numpy_helper.to_array(value)
        attrs["value_dtype"] = np_dtype_number(array)
        if array.dtype.kind == "f":
            attrs["value_float"] = float(array[0])
        else:
            attrs["value_int"] = int(array[0])
    elif op in ("Min", "Max", "Sum") and len(inputs) != 2:
        if len(inputs) > 2:
            raise Skip("more than two operands: a chain of binary operators")
        op = "Identity"
    return mnemonic(op), attrs, inputs


def write_attribute(out, name, value):
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, (list, tuple)):
        out.write(f"attr {name} is {' '.join(map(str, value))}\n".encode())
    else:
        kind = {int: "i", float: "f", str: "s"}[type(value)]
        out.write(f"attr {name} {kind} {value!r}\n".replace("'", "").encode())


def write_tensor(out, keyword, tensor):
    if tensor is None:
        out.write(f"{keyword} 0\n".encode())
        return
    dtype, array = tensor
    data = np.ascontiguousarray(array).tobytes()
    dims = "".join(f" {d}" for d in array.shape)
    out.write(f"{keyword} {dtype} {array.ndim}{dims} {len(data)}\n".encode() + data + b"\n")


def read_tensor(path):
    tensor = onnx.TensorProto()
    with open(path, "rb") as file:
        tensor.ParseFromString(file.read())
    if tensor.data_type not in DTYPES:
        raise Skip("element type")
    return tensor.data_type, numpy_helper.to_array(tensor)


def read_case(case):
    model = onnx.load(os.path.join(case.model_dir, "model.onnx"))
    graph = model.graph
    if len(graph.node) != 1 or graph.node[0].op_type not in OPERATORS:
        return None
    node, data = graph.node[0], os.path.join(case.model_dir, "test_data_set_0")
    for value in list(graph.input) + list(graph.output):
        if not value.type.HasField("tensor_type") or value.type.tensor_type.elem_type not in DTYPES:
            raise Skip("element type")
    values = {t.name: (t.data_type, numpy_helper.to_array(t)) for t in graph.initializer}
    for i, value in enumerate(graph.input):
        values[value.name] = read_tensor(os.path.join(data, f"input_{i}.pb"))
    inputs = [values[name] if name else None for name in node.input]
    outputs = [read_tensor(os.path.join(data, f"output_{i}.pb")) for i in range(len(graph.output))]
    if [o.name for o in graph.output] != list(node.output):
        raise Skip("an output in the middle is absent")
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    return (*convert(node, opset, inputs, outputs), outputs)


def write_cases(path):
    warnings.simplefilter("ignore")
    skipped = {}
    with open(path, "wb") as out:
        for case in sorted(load_model_tests(kind="node"), key=lambda c: c.name):
            try:
                content = read_case(case)
            except Skip as reason:
                skipped.setdefault(str(reason), []).append(case.name)
                continue
            if content is None:
                continue
            op, attrs, inputs, outputs = content
            out.write(f"case {case.name}\nop {op}\n".encode())
            for name, value in attrs.items():
                write_attribute(out, name, value)
            for tensor in inputs:
                write_tensor(out, "in", tensor)
            for tensor in outputs:
                write_tensor(out, "out", tensor)
            out.write(b"end\n")
    for reason, names in sorted(skipped.items()):
        print(f"{len(names)} not written ({reason}): {' '.join(names[:12])}")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--run":
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "cases.bin")
            write_cases(path)
            return subprocess.run([sys.argv[2], path], check=False).returncode
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    write_cases(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
