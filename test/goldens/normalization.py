"""batchNormalization and localResponseNormalization."""

import numpy as np

from recorder import Family

IMAGES = [5, 4, 3]


def batch_normalization(family):
    layer = "batchNormalization"
    family.sequential(f"{layer}, images", IMAGES, [{"className": layer}], batch=3)
    family.sequential(f"{layer}, vectors", [6], [{"className": layer}], batch=5)
    family.sequential(f"{layer}, no scale", IMAGES, [{"className": layer, "args": {"scale": False}}])
    family.sequential(f"{layer}, no centre", [5], [{"className": layer, "args": {"center": False}}], batch=4)
    family.sequential(f"{layer}, neither", IMAGES,
                      [{"className": layer, "args": {"center": False, "scale": False}}])
    family.sequential(f"{layer}, momentum .9, epsilon .01", [3, 3, 2],
                      [{"className": layer, "args": {"momentum": 0.9, "epsilon": 0.01}}], batch=4)
    frozen = [{"className": layer, "args": {"trainable": False}}]
    family.sequential(f"{layer}, frozen", IMAGES, frozen)
    stack = [
        {"className": "conv2d", "args": {"filters": 4, "kernelSize": 3, "useBias": False}},
        {"className": layer},
        {"className": "activation", "args": {"activation": "relu"}},
        {"className": "flatten"},
        {"className": "dense", "args": {"units": 2}},
    ]
    family.sequential(f"{layer}, between a convolution and a relu", IMAGES, stack, batch=3)
    x = np.array([1.0, 2, 4, 7]).reshape(4, 1)
    family.sequential(f"{layer}, four numbers", [1], [{"className": layer}], x=x)


def local_response_normalization(family):
    layer = "localResponseNormalization"
    cases = [
        ("radius 2, odd channels", [3, 2, 7], {"depthRadius": 2, "bias": 2, "alpha": 0.1, "beta": 0.75}),
        ("defaults", [2, 3, 13], {}),
        ("window wider than the channels", [2, 2, 3], {"depthRadius": 4, "alpha": 0.5}),
        ("one channel", [3, 2, 1], {"depthRadius": 2, "bias": 1, "alpha": 0.3, "beta": 1}),
        ("twenty channels", [2, 2, 20], {"depthRadius": 2, "bias": 1, "alpha": 0.2, "beta": 0.75}),
    ]
    for name, shape, args in cases:
        family.sequential(f"{layer}, {name}", shape, [{"className": layer, "args": args}])
    args = {"depthRadius": 2, "bias": 2, "alpha": 0.1, "beta": 0.75}
    family.sequential(f"{layer}, one to seven", [1, 1, 7], [{"className": layer, "args": args}],
                      x=np.arange(1.0, 8).reshape(1, 1, 1, 7))


def main():
    family = Family("normalization", 23)
    batch_normalization(family)
    local_response_normalization(family)
    family.write()


if __name__ == "__main__":
    main()
