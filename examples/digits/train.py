#!/usr/bin/env python3
"""Train the demo network on scikit-learn's handwritten digits and store it as ONNX.

Writes beside itself (or into --output):
    digits.onnx             the network, opset 17, input `image` [batch, 1, 8, 8] in 0..1, output `scores` [batch, 10]
    digits_test_images.npy  held-out images, u8 [360, 8, 8] with grey values 0..16
    digits_test_labels.npy  their labels, u8 [360]

The network is small enough to be trained with NumPy alone: three 3x3 convolutions with batch
normalisation, two max pools and two fully connected layers. The seed is fixed; the held-out split is
stratified and is never seen in training.
"""
import argparse
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

GREY_MAX = 16.0  # the data set's grey values run from 0 to 16; AIPP scales them by 1/16
HELD_OUT = 360


def patches(x):
    """The 3x3 neighbourhoods of x [n, c, h, w] with zero padding 1, as rows [n*h*w, c*9]."""
    n, c, h, w = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, c * 9)


class Conv:
    """3x3 convolution, stride 1, zero padding 1, no bias (batch normalisation follows)."""

    def __init__(self, rng, inputs, outputs):
        scale = np.sqrt(2.0 / (inputs * 9))
        self.params = [(rng.standard_normal((outputs, inputs, 3, 3)) * scale).astype(np.float32)]

    def forward(self, x, training):
        self.shape, self.rows = x.shape, patches(x)
        n, _, h, w = x.shape
        y = self.rows @ self.params[0].reshape(len(self.params[0]), -1).T
        return y.reshape(n, h, w, -1).transpose(0, 3, 1, 2)

    def backward(self, dy):
        weight = self.params[0]
        flat = dy.transpose(0, 2, 3, 1).reshape(-1, len(weight))
        self.grads = [(flat.T @ self.rows).reshape(weight.shape)]
        # The gradient of the input is the convolution of dy with the flipped, transposed filter.
        flipped = weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).reshape(weight.shape[1], -1)
        n, c, h, w = self.shape
        return (patches(dy) @ flipped.T).reshape(n, h, w, c).transpose(0, 3, 1, 2)


class BatchNorm:
    """Per-channel normalisation; keeps running statistics for inference."""

    epsilon, momentum = 1e-5, 0.9

    def __init__(self, channels):
        self.params = [np.ones(channels, np.float32), np.zeros(channels, np.float32)]
        self.mean, self.var = np.zeros(channels, np.float32), np.ones(channels, np.float32)

    def forward(self, x, training):
        if training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
            self.mean = self.momentum * self.mean + (1 - self.momentum) * mean
            self.var = self.momentum * self.var + (1 - self.momentum) * var
        else:
            mean, var = self.mean, self.var
        self.inv = 1 / np.sqrt(var + self.epsilon)
        self.hat = (x - mean[:, None, None]) * self.inv[:, None, None]
        return self.params[0][:, None, None] * self.hat + self.params[1][:, None, None]

    def backward(self, dy):
        self.grads = [(dy * self.hat).sum((0, 2, 3)), dy.sum((0, 2, 3))]
        count = dy.size // dy.shape[1]
        centred = dy - self.grads[1][:, None, None] / count
        centred -= self.hat * (self.grads[0] / count)[:, None, None]
        return centred * (self.params[0] * self.inv)[:, None, None]


class Relu:
    params = grads = ()

    def forward(self, x, training):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class MaxPool:
    """2x2 maximum with stride 2; an even split of the gradient on ties keeps it deterministic."""

    params = grads = ()

    def forward(self, x, training):
        n, c, h, w = x.shape
        cells = x.reshape(n, c, h // 2, 2, w // 2, 2)
        y = cells.max((3, 5), keepdims=True)
        self.share = (cells == y).astype(np.float32)
        self.share /= self.share.sum((3, 5), keepdims=True)
        return y[:, :, :, 0, :, 0]

    def backward(self, dy):
        n, c, h, w = dy.shape
        return (self.share * dy[:, :, :, None, :, None]).reshape(n, c, 2 * h, 2 * w)


class Flatten:
    params = grads = ()

    def forward(self, x, training):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


class Linear:
    def __init__(self, rng, inputs, outputs):
        scale = np.sqrt(2.0 / inputs)
        weight = (rng.standard_normal((outputs, inputs)) * scale).astype(np.float32)
        self.params = [weight, np.zeros(outputs, np.float32)]

    def forward(self, x, training):
        self.x = x
        return x @ self.params[0].T + self.params[1]

    def backward(self, dy):
        self.grads = [dy.T @ self.x, dy.sum(0)]
        return dy @ self.params[0]


def build(rng):
    return [Conv(rng, 1, 16), BatchNorm(16), Relu(), Conv(rng, 16, 32), BatchNorm(32), Relu(), MaxPool(),
            Conv(rng, 32, 64), BatchNorm(64), Relu(), MaxPool(), Flatten(),
            Linear(rng, 256, 64), Relu(), Linear(rng, 64, 10)]


def shifted(rng, images):
    """Each image moved by up to one pixel in both directions."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    dy, dx = rng.integers(0, 3, (2, len(images)))
    return np.stack([p[:, y:y + 8, x:x + 8] for p, y, x in zip(padded, dy, dx)])


def train(layers, rng, images, labels, epochs, batch=64, rate=2e-3, decay=1e-4):
    """Adam with a cosine learning rate on the cross entropy."""
    state = [[(np.zeros_like(p), np.zeros_like(p)) for p in layer.params] for layer in layers]
    steps, step = epochs * (len(images) // batch), 0
    for epoch in range(epochs):
        order, loss = rng.permutation(len(images)), 0.0
        for start in range(0, len(images) - batch + 1, batch):
            pick = order[start:start + batch]
            x = shifted(rng, images[pick])
            for layer in layers:
                x = layer.forward(x, True)
            exp = np.exp(x - x.max(1, keepdims=True))
            prob = exp / exp.sum(1, keepdims=True)
            loss -= np.log(prob[np.arange(batch), labels[pick]]).mean()
            prob[np.arange(batch), labels[pick]] -= 1
            grad = prob / batch
            for layer in reversed(layers):
                grad = layer.backward(grad)
            step += 1
            now = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            for layer, moments in zip(layers, state):
                for i, g in enumerate(layer.grads):
                    p = layer.params[i]
                    m, v = moments[i]
                    m += 0.1 * (g - m)
                    v += 0.001 * (g * g - v)
                    unbiased = (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.999 ** step)) + 1e-8)
                    layer.params[i] = (p - now * (unbiased + decay * p)).astype(np.float32)
        if epoch % 10 == 9:
            print(f'epoch {epoch + 1:3}  loss {loss / (len(images) // batch):.4f}', flush=True)


def to_onnx(layers):
    """The trained layers as an ONNX model with the usual node per layer."""
    nodes, weights, value = [], [], 'image'

    def constant(name, array):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    for index, layer in enumerate(layers):
        kind = type(layer).__name__
        name = f'{kind.lower()}_{index}'
        inputs, attributes = [value], {}
        if isinstance(layer, Conv):
            inputs.append(constant(f'{name}.weight', layer.params[0]))
            attributes = {'kernel_shape': [3, 3], 'pads': [1, 1, 1, 1]}
        elif isinstance(layer, BatchNorm):
            kind = 'BatchNormalization'
            arrays = {'scale': layer.params[0], 'bias': layer.params[1], 'mean': layer.mean, 'var': layer.var}
            inputs += [constant(f'{name}.{key}', array) for key, array in arrays.items()]
            attributes = {'epsilon': layer.epsilon}
        elif isinstance(layer, MaxPool):
            attributes = {'kernel_shape': [2, 2], 'strides': [2, 2]}
        elif isinstance(layer, Linear):
            kind = 'Gemm'
            inputs += [constant(f'{name}.weight', layer.params[0]), constant(f'{name}.bias', layer.params[1])]
            attributes = {'transB': 1}
        value = 'scores' if layer is layers[-1] else name
        nodes.append(helper.make_node(kind, inputs, [value], name=name, **attributes))
    graph = helper.make_graph(
        nodes, 'digits', [helper.make_tensor_value_info('image', TensorProto.FLOAT, ['batch', 1, 8, 8])],
        [helper.make_tensor_value_info('scores', TensorProto.FLOAT, ['batch', 10])], weights)
    model = helper.make_model(graph, producer_name='openatc-digits', ir_version=8,
                              opset_imports=[helper.make_opsetid('', 17)])
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument('--epochs', type=int, default=60)
    args = parser.parse_args()

    digits = load_digits()
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=HELD_OUT, stratify=labels, random_state=11)
    rng = np.random.default_rng(11)
    layers = build(rng)
    train(layers, rng, (train_x[:, None] / GREY_MAX).astype(np.float32), train_y, args.epochs)

    path = os.path.join(args.output, 'digits.onnx')
    onnx.save(to_onnx(layers), path)
    np.save(os.path.join(args.output, 'digits_test_images.npy'), test_x)
    np.save(os.path.join(args.output, 'digits_test_labels.npy'), test_y)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    scores = session.run(None, {'image': (test_x[:, None] / GREY_MAX).astype(np.float32)})[0]
    print(f'{path}: {os.path.getsize(path)} bytes, '
          f'accuracy {np.mean(scores.argmax(1) == test_y):.4f} on {len(test_y)} held-out images')


if __name__ == '__main__':
    main()
