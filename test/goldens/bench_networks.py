"""What PyTorch's and Keras's twins of the networks in bench/networks/ count: parameters with moving
statistics, and products of one sample in convolutions and dense layers.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "peers"))

import keras
import torch
from torch import nn

import keras_networks
import torch_networks

OTHER_INPUTS = {
    "mlp": (784,), "convnet": (28, 28, 1), "alexnet": (227, 227, 3),
    **{name: (64, 64, 3) for name in ("squeezenet", "unet32", "unet24", "unet12")},
}


def torch_counts(name, shape):
    model, products = torch_networks.NETWORKS[name]().eval(), 0

    def count(layer, _, output):
        nonlocal products
        positions = output.shape[2] * output.shape[3] if output.dim() == 4 else 1
        products += positions * layer.weight.numel()

    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        model(torch.zeros(1, *(shape if len(shape) == 1 else (shape[2], *shape[:2]))))
    return {"parameters": torch_networks.parameters(model), "products": products}


def keras_counts(name, shape):
    model, products = keras_networks.make(name, shape), 0
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)):
            output = layer.output.shape
            positions = output[1] * output[2] if len(output) == 4 else 1
            products += positions * int(torch.tensor(layer.kernel.shape).prod())
    return {"parameters": model.count_params(), "products": products}


def main():
    record = {}
    for name in torch_networks.NETWORKS:
        shape = OTHER_INPUTS.get(name, (32, 32, 3))
        record[name] = {"torch": torch_counts(name, shape), "keras": keras_counts(name, shape)}
    path = Path(__file__).with_name("bench_networks.json")
    path.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
