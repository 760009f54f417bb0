"""The node cases of the installed `onnx` package, and what is done to a case before it is compiled."""
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests


def load_cases():
    """Case name (pytest style, with the suffix of the device) -> test case of the suite, sorted."""
    return {f'{case.name}_cpu': case for case in sorted(load_model_tests(kind='node'), key=lambda c: c.name)}


def walk(graph):
    """The nodes of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                yield from walk(inner)


def operators_of(model):
    """Sorted (domain, operator, since which version of the domain this definition holds)."""
    versions = {i.domain: i.version for i in model.opset_import}
    versions.setdefault('', versions.get('ai.onnx', 1))
    found = set()
    for node in walk(model.graph):
        domain = '' if node.domain == 'ai.onnx' else node.domain
        version = versions.get(domain, 1)
        try:
            version = onnx.defs.get_schema(node.op_type, version, domain).since_version
        except onnx.defs.SchemaError:
            pass  # an operator that the model itself defines
        found.add((domain, node.op_type, version))
    return sorted(found)


def dtypes_of(model):
    """Sorted names of the element types of the model's inputs and outputs."""
    kinds = {v.type.tensor_type.elem_type for v in [*model.graph.input, *model.graph.output]
             if v.type.HasField('tensor_type')}
    return sorted(onnx.TensorProto.DataType.Name(k).lower() for k in kinds)


def stored(folder, what, value_infos):
    """The values of a data set, one for each graph input or output; ValueError when one is no tensor."""
    values = []
    for index, info in enumerate(value_infos):
        if not info.type.HasField('tensor_type'):
            raise ValueError(f'{what} {info.name} is no tensor')
        tensor = onnx.TensorProto()
        tensor.ParseFromString((folder / f'{what}_{index}.pb').read_bytes())
        values.append(numpy_helper.to_array(tensor))
    return values


def graph_inputs(model):
    """The inputs that have to be fed."""
    constants = {t.name for t in model.graph.initializer}
    return [i for i in model.graph.input if i.name not in constants]


def shape_options(model, values):
    """--input_shape for the inputs whose shape the model leaves open."""
    open_inputs = []
    for info, value in zip(graph_inputs(model), values):
        dims = info.type.tensor_type.shape.dim
        if [d.dim_value if d.HasField('dim_value') else -1 for d in dims] != list(value.shape):
            open_inputs.append(f'{info.name}:{",".join(map(str, value.shape))}')
    return [f'--input_shape={";".join(open_inputs)}'] if open_inputs else []


def empty_inputs(model, values):
    """Names of the inputs without elements."""
    return {info.name for info, value in zip(graph_inputs(model), values) if value.size == 0}


def shape_inputs(model):
    """Names of the inputs that may decide shapes: integers of rank 0 or 1, and the numbers that Range and
    Resize take as operands."""
    names = {name for node in walk(model.graph) if node.op_type in ('Range', 'Resize', 'Upsample')
             for name in (node.input if node.op_type == 'Range' else node.input[1:])}
    integers = (onnx.TensorProto.INT64, onnx.TensorProto.INT32)
    return {i.name for i in graph_inputs(model) if i.name in names
            or (i.type.tensor_type.elem_type in integers and len(i.type.tensor_type.shape.dim) <= 1)}


def weight_inputs(model):
    """Names of the inputs that networks hold as constants: filters, biases, matrices, statistics."""
    operators = ('Conv', 'ConvTranspose', 'BatchNormalization', 'Gemm', 'MatMul')
    nodes = [node for node in model.graph.node if node.op_type in operators]
    weights = {name for node in nodes for name in node.input[1:]} - {node.input[0] for node in nodes}
    return {i.name for i in graph_inputs(model)} & weights


def with_constants(model, names, values):
    """A copy of the model in which the inputs `names` are constants, and the values of the other inputs."""
    fixed, rest = onnx.ModelProto(), []
    fixed.CopyFrom(model)
    for info, value in zip(graph_inputs(model), values):
        if info.name in names:
            fixed.graph.initializer.append(numpy_helper.from_array(value, info.name))
        else:
            rest.append(value)
    kept = [i for i in fixed.graph.input if i.name not in names]
    del fixed.graph.input[:]
    fixed.graph.input.extend(kept)
    return fixed, rest
