"""conv2d with groups, from PyTorch: TensorFlow has no gradient for them on a CPU."""

import torch

from recorder import Family, pack, rounded
from torch_network import SOURCE, forward, leaf

GROUPED = [
    ("groups 2", [5, 4, 4], {"filters": 6, "kernelSize": 3, "groups": 2}),
    ("groups 2, same, stride 2, extra row after", [6, 7, 6],
     {"filters": 4, "kernelSize": 3, "strides": 2, "padding": "same", "groups": 2}),
    ("groups 3, explicit padding, dilation 2", [6, 5, 6],
     {"filters": 3, "kernelSize": 2, "dilationRate": 2, "padding": [[1, 0], [0, 2]], "groups": 3}),
    ("groups 5, one channel each, no bias", [4, 5, 5],
     {"filters": 5, "kernelSize": 3, "groups": 5, "useBias": False}),
    ("groups 5, two filters a channel", [4, 4, 5], {"filters": 10, "kernelSize": 2, "groups": 5}),
    ("groups 2, relu, as AlexNet's second", [6, 5, 6],
     {"filters": 8, "kernelSize": 5, "padding": "same", "groups": 2, "activation": "relu"}),
    ("groups 2 of sixteen channels, batch 1", [3, 3, 32], {"filters": 32, "kernelSize": 1, "groups": 2}),
]


def weight_shapes(shape, args):
    kernel = args["kernelSize"]
    shapes = [(kernel, kernel, shape[2] // args["groups"], args["filters"])]
    return shapes + ([(args["filters"],)] if args.get("useBias", True) else [])


def record(family, name, shape, layers, weights, batch):
    x = family.normal(batch, *shape)
    leaves, source = [leaf(w) for w in weights], leaf(x)
    output = forward(layers, leaves, source)
    target = family.normal(*output.shape, scale=0.5)
    loss = torch.mean((output - torch.tensor(target)) ** 2)
    gradients = torch.autograd.grad(loss, [source, *leaves])
    family.cases.append({
        "name": name,
        "inputShape": shape,
        "layers": layers,
        "weights": [pack(w) for w in weights],
        "x": pack(x),
        "target": pack(target),
        "loss": "meanSquaredError",
        "expected": {
            "output": pack(output.detach()),
            "loss": rounded(loss.detach()),
            "inputGradient": pack(gradients[0]),
            "weightGradients": [pack(g) for g in gradients[1:]],
        },
    })


def main():
    family = Family("grouped_convolution", 71, SOURCE)
    for name, shape, args in GROUPED:
        layers = [{"className": "conv2d", "args": args}]
        weights = [family.normal(*s, scale=0.3) for s in weight_shapes(shape, args)]
        record(family, f"conv2d, {name}", shape, layers, weights, 1 if "batch 1" in name else 2)
    args = {"filters": 6, "kernelSize": 3, "padding": "same", "groups": 2, "activation": "relu"}
    norm = {"depthRadius": 2, "alpha": 0.2, "beta": 0.75, "bias": 2}
    layers = [
        {"className": "conv2d", "args": args},
        {"className": "maxPooling2d", "args": {"poolSize": 3, "strides": 2}},
        {"className": "localResponseNormalization", "args": norm},
        {"className": "flatten"},
        {"className": "dense", "args": {"units": 3}},
    ]
    weights = [family.normal(*s, scale=0.3) for s in [(3, 3, 2, 6), (6,), (36, 3), (3,)]]
    record(family, "groups, pooling and response normalization", [7, 5, 4], layers, weights, 2)
    family.write()


if __name__ == "__main__":
    main()
