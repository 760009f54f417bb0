"""The networks of the benchmark, by name. Published architectures, seeded weights; see graph.py."""
import numpy as np
from onnx import TensorProto

from openatc.bench.graph import Network

PICTURE = 224


def classify(net, x, channels, batch):
    """Global average and the classifier of 1000 classes."""
    x = net.node('Flatten', net.node('GlobalAveragePool', x), axis=1)
    net.output(net.linear(x, channels, 1000), [batch, 1000])
    return net


def picture(net, batch, size=PICTURE):
    return net.input('image', [batch, 3, size, size])


def resnet(name, stages, bottleneck, batch):
    """ResNet (He et al. 2015), stride on the 3x3 convolution of a bottleneck."""
    net = Network(name)
    x = net.relu(net.conv_norm(picture(net, batch), 3, 64, 7, 2))
    x = net.max_pool(x, 3, 2, 1)
    channels = 64
    for stage, blocks in enumerate(stages):
        width = 64 << stage
        wide = 4 * width if bottleneck else width
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            # Small gains of the branches keep the sums of many blocks in range.
            if bottleneck:
                y = net.relu(net.conv_norm(x, channels, width, 1))
                y = net.relu(net.conv_norm(y, width, width, 3, stride))
                y = net.conv_norm(y, width, wide, 1, gain=0.3)
            else:
                y = net.relu(net.conv_norm(x, channels, width, 3, stride))
                y = net.conv_norm(y, width, wide, 3, gain=0.3)
            if stride != 1 or channels != wide:
                x = net.conv_norm(x, channels, wide, 1, stride, gain=0.7)
            x, channels = net.relu(net.node('Add', y, x)), wide
    return classify(net, x, channels, batch)


def vgg16(batch):
    """VGG16 (Simonyan and Zisserman 2014) without dropout."""
    net = Network('vgg16')
    x, channels = picture(net, batch), 3
    for width, layers in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(layers):
            x, channels = net.relu(net.conv(x, channels, width, 3)), width
        x = net.max_pool(x, 2, 2)
    x = net.node('Flatten', x, axis=1)
    x = net.relu(net.linear(x, 512 * 7 * 7, 4096))
    x = net.relu(net.linear(x, 4096, 4096))
    net.output(net.linear(x, 4096, 1000), [batch, 1000])
    return net


def mobilenet_v1(batch):
    """MobileNetV1 (Howard et al. 2017), batch norms folded."""
    net = Network('mobilenet_v1')
    x, channels = net.relu(net.conv(picture(net, batch), 3, 32, 3, 2)), 32
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for width, stride in plan:
        x = net.relu(net.conv(x, channels, channels, 3, stride, groups=channels))
        x, channels = net.relu(net.conv(x, channels, width, 1)), width
    return classify(net, x, channels, batch)


def mobilenet_v2(batch):
    """MobileNetV2 (Sandler et al. 2018), batch norms folded."""
    net = Network('mobilenet_v2')

    def relu6(x):
        return net.node('Clip', x, net.constant(0.0), net.constant(6.0))

    x, channels = relu6(net.conv(picture(net, batch), 3, 32, 3, 2)), 32
    for expansion, width, blocks, first_stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                                                   (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            stride = 1 if block else first_stride
            hidden, y = channels * expansion, x
            if expansion > 1:
                y = relu6(net.conv(y, channels, hidden, 1))
            y = relu6(net.conv(y, hidden, hidden, 3, stride, groups=hidden))
            y = net.conv(y, hidden, width, 1)
            x, channels = (net.node('Add', x, y) if stride == 1 and channels == width else y), width
    return classify(net, relu6(net.conv(x, channels, 1280, 1)), 1280, batch)


def unet(batch, size=128):
    """U-Net (Ronneberger et al. 2015) with three levels, padded convolutions and batch norms."""
    net = Network('unet')

    def double(x, channels_in, channels_out):
        x = net.relu(net.conv_norm(x, channels_in, channels_out, 3))
        return net.relu(net.conv_norm(x, channels_out, channels_out, 3))

    x, channels, skips = picture(net, batch, size), 3, []
    for width in (32, 64, 128):
        x, channels = double(x, channels, width), width
        skips.append(x)
        x = net.max_pool(x, 2, 2)
    x, channels = double(x, channels, 256), 256
    for width in (128, 64, 32):
        weight = net.normal((channels, width, 2, 2), np.sqrt(1 / channels))
        x = net.node('ConvTranspose', x, weight, kernel_shape=[2, 2], strides=[2, 2])
        x = double(net.node('Concat', x, skips.pop(), axis=1), 2 * width, width)
        channels = width
    net.output(net.node('Sigmoid', net.conv(x, channels, 1, 1)), [batch, 1, size, size])
    return net


def gelu(net, x, exact):
    """x/2 (1 + erf(x / sqrt 2)), or GPT-2's form with tanh."""
    if exact:
        inner = net.node('Erf', net.node('Div', x, net.constant(np.sqrt(2))))
    else:
        cubic = net.node('Mul', net.node('Pow', x, net.constant(3.0)), net.constant(0.044715))
        inner = net.node('Tanh', net.node('Mul', net.node('Add', x, cubic), net.constant(np.sqrt(2 / np.pi))))
    x = net.node('Mul', x, net.node('Add', inner, net.constant(1.0)))
    return net.node('Mul', x, net.constant(0.5))


def attention(net, x, shape, heads, mask):
    """Multi-head self-attention over [batch, tokens, features]; `mask` is added to the scores."""
    batch, tokens, features = shape
    split = [batch, tokens, heads, features // heads]

    def head(order):
        return net.node('Transpose', net.reshape(net.linear(x, features, features), split), perm=order)

    query, key, value = head([0, 2, 1, 3]), head([0, 2, 3, 1]), head([0, 2, 1, 3])
    scores = net.node('Mul', net.node('MatMul', query, key), net.constant((features // heads) ** -0.5))
    if mask is not None:
        scores = net.node('Add', scores, mask)
    mixed = net.node('MatMul', net.node('Softmax', scores, axis=-1), value)
    mixed = net.reshape(net.node('Transpose', mixed, perm=[0, 2, 1, 3]), [batch, tokens, features])
    return net.linear(mixed, features, features)


def transformer(net, x, shape, layers, heads, hidden, causal=False, exact_gelu=True):
    """A position embedding and `layers` blocks, a layer norm behind each residual sum."""
    batch, tokens, features = shape
    x = net.layer_norm(net.node('Add', x, net.normal((1, tokens, features), 0.1)), features)
    mask = net.constant(np.triu(np.full((1, 1, tokens, tokens), -1e4), 1)) if causal else None
    for _ in range(layers):
        x = net.layer_norm(net.node('Add', x, attention(net, x, shape, heads, mask)), features)
        y = net.linear(gelu(net, net.linear(x, features, hidden), exact_gelu), hidden, features)
        x = net.layer_norm(net.node('Add', x, y), features)
    net.output(x, list(shape))
    return net


def text(name, layers, features, heads, vocabulary, batch, tokens, **options):
    """A transformer over token numbers."""
    net = Network(name)
    table = net.normal((vocabulary, features), 0.5)
    x = net.node('Gather', table, net.input('input_ids', [batch, tokens], TensorProto.INT64))
    return transformer(net, x, (batch, tokens, features), layers, heads, 4 * features, **options)


def vit_b16(batch):
    """ViT-B/16 (Dosovitskiy et al. 2020) without the class token: 196 patches of 16x16."""
    net = Network('vit_b16')
    features, tokens = 768, (PICTURE // 16) ** 2
    x = net.conv(picture(net, batch), 3, features, 16, 16, padding=0)
    x = net.node('Transpose', net.reshape(x, [batch, features, tokens]), perm=[0, 2, 1])
    return transformer(net, x, (batch, tokens, features), 12, 12, 4 * features)


def matmul(columns, rows=256, depth=256):
    """One product whose operands are both inputs."""
    net = Network('matmul')
    left, right = net.input('left', [rows, depth]), net.input('right', [depth, columns])
    net.output(net.node('MatMul', left, right), [rows, columns])
    return net


def tiny(batch):
    """A few layers of each kind, for tests."""
    net = Network('tiny')
    x = net.relu(net.conv_norm(picture(net, batch, 32), 3, 16, 3, 2))
    x = net.relu(net.conv(x, 16, 16, 3, groups=16))
    x = net.relu(net.node('Add', net.conv_norm(x, 16, 16, 1), x))
    return classify(net, x, 16, batch)


# Name -> builder of (batch, tokens).
BUILDERS = {
    'resnet18': lambda batch, tokens: resnet('resnet18', (2, 2, 2, 2), False, batch),
    'resnet50': lambda batch, tokens: resnet('resnet50', (3, 4, 6, 3), True, batch),
    'vgg16': lambda batch, tokens: vgg16(batch),
    'mobilenet_v1': lambda batch, tokens: mobilenet_v1(batch),
    'mobilenet_v2': lambda batch, tokens: mobilenet_v2(batch),
    'unet': lambda batch, tokens: unet(batch),
    'vit_b16': lambda batch, tokens: vit_b16(batch),
    'bert_base': lambda batch, tokens: text('bert_base', 12, 768, 12, 8192, batch, tokens or 128),
    'gpt2_4l': lambda batch, tokens: text('gpt2_4l', 4, 768, 12, 4096, batch, tokens or 64, causal=True,
                                          exact_gelu=False),
    'matmul': lambda batch, tokens: matmul(tokens),
    'tiny': lambda batch, tokens: tiny(batch),
}
