"""The first ten losses of a small AlexNet with groups and response normalization, from PyTorch.

Images and weights are too many to store: both sides make them from the same integer hash.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from recorder import pack, rounded
from torch_network import SOURCE, forward, leaf

NORM = {"className": "localResponseNormalization",
        "args": {"depthRadius": 2, "bias": 1, "alpha": 0.02, "beta": 0.75}}
POOL = {"className": "maxPooling2d", "args": {"poolSize": 3, "strides": 2}}


def conv(filters, kernel, **args):
    return {"className": "conv2d", "args": {"filters": filters, "kernelSize": kernel, "activation": "relu", **args}}


LAYERS = [
    conv(16, 5, strides=2), POOL, NORM,
    conv(32, 5, padding="same", groups=2), POOL, NORM,
    conv(32, 3, padding="same", groups=2), POOL,
    {"className": "flatten"},
    {"className": "dense", "args": {"units": 32, "activation": "relu"}},
    {"className": "dense", "args": {"units": 10, "activation": "softmax"}},
]
SHAPES = [(5, 5, 3, 16), (16,), (5, 5, 8, 32), (32,), (3, 3, 16, 32), (32,), (32, 32), (32,), (32, 10), (10,)]
BATCH, INPUT_SHAPE, RATE, MOMENTUM = 8, [35, 35, 3], 0.01, 0.9


def hashed(seed, shape, scale):
    """Uniform in [-scale, scale): murmur3's finalizer of seed * 2^20 + i, as a float32."""
    h = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32(seed << 20)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
    h ^= h >> np.uint32(16)
    values = (h.astype(np.float64) / 2**31 - 1) * scale
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def recipe(seed, shape):
    """Glorot-like scales for kernels, small positive or negative biases."""
    fan = np.prod(shape[:-1]) if len(shape) > 1 else 900
    return {"shape": list(shape), "seed": seed, "scale": rounded(1.7 * fan**-0.5)}


def main():
    recipes = [recipe(i + 1, shape) for i, shape in enumerate(SHAPES)]
    weights = [leaf(hashed(r["seed"], r["shape"], r["scale"])) for r in recipes]
    x_recipe = {"shape": [BATCH, *INPUT_SHAPE], "seed": 101, "scale": 1}
    x = torch.tensor(hashed(**{k: x_recipe[k] for k in ("seed", "shape", "scale")}))
    labels = [(3 * i) % 10 for i in range(BATCH)]
    optimizer = torch.optim.SGD(weights, lr=RATE, momentum=MOMENTUM)
    losses = []
    for _ in range(10):
        loss = F.cross_entropy(forward(LAYERS, weights, x), torch.tensor(labels))
        losses.append(rounded(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    golden = {
        "source": SOURCE,
        "inputShape": INPUT_SHAPE, "layers": LAYERS,
        "optimizer": {"className": "sgd", "args": {"learningRate": RATE, "momentum": MOMENTUM}},
        "loss": "sparseCategoricalCrossentropy",
        "weights": recipes, "x": x_recipe, "target": {"shape": [BATCH, 1], "data": labels},
        "expected": {
            "losses": losses,
            "lastBias": pack(weights[-1].detach()),
            "firstBias": pack(weights[1].detach()),
            "weightNorms": [rounded(w.detach().norm()) for w in weights],
        },
    }
    path = Path(__file__).parent / "alexnet.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{path.name}: losses {losses}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
