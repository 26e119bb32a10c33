"""dense, flatten, reshape and the activations, as layers and as arguments."""

from recorder import Family

ACTIVATIONS = ["relu", "leakyRelu", "elu", "sigmoid", "tanh", "softmax", "softplus", "linear"]


def main():
    family = Family("dense", 31)
    family.sequential("dense", [5], [{"className": "dense", "args": {"units": 4}}], batch=3)
    family.sequential("dense, no bias, batch 1", [17],
                      [{"className": "dense", "args": {"units": 3, "useBias": False}}], batch=1)
    family.sequential("dense, L1 and L2 penalties", [4], [
        {"className": "dense", "args": {"units": 5, "activation": "relu",
                                        "kernelRegularizer": {"l1": 0.01, "l2": 0}}},
        {"className": "dense", "args": {"units": 3, "kernelRegularizer": {"l1": 0, "l2": 0.02},
                                        "biasRegularizer": {"l1": 0.01, "l2": 0.03}}},
    ], batch=3)
    for name in ACTIVATIONS:
        family.sequential(f"activation {name} as a layer", [7],
                          [{"className": "activation", "args": {"activation": name}}], batch=2)
        family.sequential(f"activation {name} of a dense layer", [4], [
            {"className": "dense", "args": {"units": 5, "activation": name}},
            {"className": "dense", "args": {"units": 2}},
        ], batch=3)
    family.sequential("leakyReLU with its own slope", [3, 2, 2],
                      [{"className": "leakyReLU", "args": {"alpha": 0.1}}])
    family.sequential("elu with its own alpha", [6], [{"className": "elu", "args": {"alpha": 0.5}}])
    family.sequential("softmax over channels", [2, 3, 4],
                      [{"className": "activation", "args": {"activation": "softmax"}}])
    family.sequential("flatten before dense", [3, 2, 4],
                      [{"className": "flatten"}, {"className": "dense", "args": {"units": 3}}])
    family.sequential("flatten after a convolution", [6, 5, 2], [
        {"className": "conv2d", "args": {"filters": 5, "kernelSize": 3, "activation": "relu"}},
        {"className": "flatten"},
        {"className": "dense", "args": {"units": 3}},
    ])
    family.sequential("reshape to an image", [12], [
        {"className": "reshape", "args": {"targetShape": [2, 3, 2]}},
        {"className": "conv2d", "args": {"filters": 2, "kernelSize": 2}},
    ])
    family.sequential("reshape with a free axis", [4, 3, 2], [{"className": "reshape", "args": {"targetShape": [6, -1]}}])
    family.write()


if __name__ == "__main__":
    main()
