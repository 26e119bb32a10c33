"""Runs a layer list in PyTorch, channels-last outside, with the package's weight layouts."""

import math

import numpy as np
import torch
import torch.nn.functional as F

SOURCE = f"torch {torch.__version__.split('+')[0]}"


def pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def same_padding(size, kernel, stride, dilation=1):
    reach = (kernel - 1) * dilation + 1
    total = max((math.ceil(size / stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def padding_of(args, shape, kernel, strides, dilation):
    padding = args.get("padding", "valid")
    if padding == "valid":
        return [(0, 0), (0, 0)]
    if padding == "same":
        return [same_padding(*each) for each in zip(shape, kernel, strides, dilation)]
    return padding


def padded(x, pads, value=0.0):
    (top, bottom), (left, right) = pads
    return F.pad(x, (left, right, top, bottom), value=value)


def conv2d(x, args, weights):
    kernel = weights.pop(0).permute(3, 2, 0, 1)
    bias = weights.pop(0) if args.get("useBias", True) else None
    strides, dilation = pair(args.get("strides", 1)), pair(args.get("dilationRate", 1))
    pads = padding_of(args, x.shape[2:], kernel.shape[2:], strides, dilation)
    return F.conv2d(padded(x, pads), kernel, bias, strides, 0, dilation, args.get("groups", 1))


def max_pooling(x, args, _weights):
    size = pair(args.get("poolSize", 2))
    strides = pair(args.get("strides", size))
    pads = padding_of(args, x.shape[2:], size, strides, (1, 1))
    return F.max_pool2d(padded(x, pads, -math.inf), size, strides)


def local_response_normalization(x, args, _weights):
    """PyTorch divides alpha by the window's size; the package, like TensorFlow, does not."""
    size = 2 * args.get("depthRadius", 5) + 1
    return F.local_response_norm(
        x, size, args.get("alpha", 1) * size, args.get("beta", 0.5), args.get("bias", 1)
    )


def dense(x, args, weights):
    y = x @ weights.pop(0)
    return y + weights.pop(0) if args.get("useBias", True) else y


LAYERS = {
    "conv2d": conv2d,
    "maxPooling2d": max_pooling,
    "localResponseNormalization": local_response_normalization,
    "flatten": lambda x, _args, _weights: x.permute(0, 2, 3, 1).flatten(1),
    "dense": dense,
}


def forward(layers, weights, x):
    """The output, channels-last; a last softmax is left out, so that the loss is taken on logits."""
    weights = list(weights)
    x = x.permute(0, 3, 1, 2)
    for spec in layers:
        args = spec.get("args", {})
        x = LAYERS[spec["className"]](x, args, weights)
        if args.get("activation") == "relu":
            x = F.relu(x)
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def leaf(array):
    return torch.tensor(np.asarray(array), dtype=torch.float64, requires_grad=True)
