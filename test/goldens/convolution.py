"""conv2d without groups, from Keras; grouped_convolution.py has the rest."""

from recorder import Family

CASES = [
    ("valid", [7, 5, 3], {"filters": 4, "kernelSize": 3}),
    ("same", [5, 7, 3], {"filters": 5, "kernelSize": 3, "padding": "same"}),
    ("same, stride 2, extra row after", [6, 5, 3], {"filters": 4, "kernelSize": 3, "strides": 2, "padding": "same"}),
    ("same, 5x5 stride 3, uneven", [8, 7, 2], {"filters": 3, "kernelSize": 5, "strides": 3, "padding": "same"}),
    ("same, even kernel", [5, 4, 2], {"filters": 3, "kernelSize": [4, 2], "padding": "same"}),
    ("same, stride wider than the kernel", [7, 8, 2], {"filters": 3, "kernelSize": 1, "strides": 3, "padding": "same"}),
    ("explicit, uneven", [5, 4, 2], {"filters": 3, "kernelSize": 3, "padding": [[2, 0], [1, 3]]}),
    ("explicit, stride 2", [6, 7, 3], {"filters": 2, "kernelSize": 3, "strides": 2, "padding": [[1, 1], [0, 1]]}),
    ("dilation 2", [8, 7, 2], {"filters": 3, "kernelSize": 3, "dilationRate": 2}),
    ("same, dilation 3 by 2", [7, 6, 2], {"filters": 2, "kernelSize": [2, 3], "dilationRate": [3, 2], "padding": "same"}),
    ("rectangular kernel and strides", [9, 8, 2], {"filters": 3, "kernelSize": [2, 4], "strides": [3, 2]}),
    ("no bias", [5, 5, 3], {"filters": 4, "kernelSize": 3, "useBias": False}),
    ("one channel in, seventeen out", [5, 4, 1], {"filters": 17, "kernelSize": 2}),
    ("nineteen channels in, one out", [4, 3, 19], {"filters": 1, "kernelSize": 2}),
    ("1x1", [3, 5, 6], {"filters": 5, "kernelSize": 1}),
    ("kernel as large as the image", [4, 3, 3], {"filters": 4, "kernelSize": [4, 3]}),
    ("relu", [5, 6, 3], {"filters": 4, "kernelSize": 3, "activation": "relu"}),
    ("tanh", [5, 4, 2], {"filters": 3, "kernelSize": 3, "activation": "tanh"}),
    ("L1 and L2 penalties", [5, 4, 2],
     {"filters": 3, "kernelSize": 3, "kernelRegularizer": {"l1": 0.01, "l2": 0.02}}),
]


def main():
    family = Family("convolution", 61)
    for name, shape, args in CASES:
        family.sequential(f"conv2d, {name}", shape, [{"className": "conv2d", "args": args}])
    family.sequential("conv2d, batch 1, 11x11 stride 4 as AlexNet's first", [19, 15, 1], [
        {"className": "conv2d", "args": {"filters": 2, "kernelSize": 11, "strides": 4, "activation": "relu"}},
    ], batch=1)
    family.sequential("two conv2d, the second of sixteen channels", [7, 6, 3], [
        {"className": "conv2d", "args": {"filters": 16, "kernelSize": 3, "activation": "relu"}},
        {"className": "conv2d", "args": {"filters": 2, "kernelSize": 3, "padding": "same"}},
        {"className": "maxPooling2d", "args": {"poolSize": 2}},
    ])
    family.write()


if __name__ == "__main__":
    main()
