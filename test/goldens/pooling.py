"""maxPooling2d, averagePooling2d and globalAveragePooling2d."""

import numpy as np

from recorder import Family

SIZES = [
    ("default strides", [7, 5, 3], {"poolSize": 2}),
    ("overlapping 3x3 stride 2", [9, 7, 5], {"poolSize": 3, "strides": 2}),
    ("same, extra row after", [8, 5, 3], {"poolSize": 3, "strides": 2, "padding": "same"}),
    ("same, stride 1", [4, 6, 2], {"poolSize": [3, 2], "strides": 1, "padding": "same"}),
    ("rectangular window", [6, 9, 1], {"poolSize": [2, 3], "strides": [1, 2]}),
]


def main():
    family = Family("pooling", 11)
    for kind in ("maxPooling2d", "averagePooling2d"):
        for name, shape, args in SIZES:
            layers = [{"className": kind, "args": args}]
            family.sequential(f"{kind}, {name}", shape, layers)
    layers = [{"className": "maxPooling2d", "args": {"poolSize": 3, "strides": 2, "padding": "same"}}]
    negative = -1 - np.arange(5 * 6 * 2).reshape(1, 5, 6, 2) % 7 / 2.0
    family.sequential("maxPooling2d, negative values beside the padding, with ties", [5, 6, 2], layers, x=negative)
    layers = [{"className": "maxPooling2d", "args": {"poolSize": 2, "strides": 1}}]
    family.sequential("maxPooling2d, a tie goes to the first", [1, 4, 1],
                      [{"className": "maxPooling2d", "args": {"poolSize": [1, 2]}}],
                      x=np.array([3.0, 3, 1, 3]).reshape(1, 1, 4, 1))
    ties = np.random.default_rng(5).integers(0, 3, (2, 5, 4, 3)).astype(float)
    family.sequential("maxPooling2d, overlapping ties", [5, 4, 3], layers, x=ties)
    family.sequential("globalAveragePooling2d", [5, 3, 7], [{"className": "globalAveragePooling2d"}])
    family.sequential("globalAveragePooling2d, batch 1", [1, 4, 2],
                      [{"className": "globalAveragePooling2d"}], batch=1)
    family.write()


if __name__ == "__main__":
    main()
