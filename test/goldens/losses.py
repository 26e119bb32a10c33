"""Every loss after the outputs that change its rule, with and without sample weights."""

import numpy as np

from recorder import Family

WEIGHTS = [1, 2, 0.5, 0]
CLASSES = np.array([[1], [0], [3], [2]])
ONE_HOT = np.eye(4)[CLASSES[:, 0]]
SMOOTH = np.array([[0.1, 0.7, 0.1, 0.1], [1, 0, 0, 0], [0, 0, 0.25, 0.75], [0, 0.5, 0.5, 0]])
BITS = np.array([[0, 1, 1.0], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
LOGITS = np.array([[2, 1, -1, 0.5], [0.25, -1.5, 3, 0], [-0.5, 0.5, 1, 2], [30, -40, 0, 5]])
PROBABILITIES = np.array([[0.9, 0.8, 0.1, 0.3], [0, 1, 0, 0.5], [1.5, -0.25, 0.5, 0.25], [0.1, 0.2, 0.3, 0.4]])
BIT_PROBABILITIES = np.array([[0.2, 0.9, 0.5], [0, 1, 1], [1, 0.7, 0], [0.01, 0.99, 0.6]])


def activation(name):
    return [{"className": "activation", "args": {"activation": name}}]


def cross_entropies(family):
    targets = [("sparseCategoricalCrossentropy", CLASSES), ("categoricalCrossentropy", ONE_HOT)]
    for loss, target in targets:
        for last, x in (("softmax", LOGITS), ("sigmoid", LOGITS), ("linear", PROBABILITIES)):
            name = {"softmax": "softmax", "sigmoid": "an ignored sigmoid", "linear": "clipped outputs"}[last]
            family.sequential(f"{loss} after {name}", [4], activation(last), x=x, losses=(loss,), targets=[target])
            family.sequential(f"{loss} after {name}, sample weights", [4], activation(last), x=x,
                              losses=(loss,), targets=[target], sample_weight=WEIGHTS)
        family.sequential(f"{loss} of a dense softmax", [3],
                          [{"className": "dense", "args": {"units": 4, "activation": "softmax"}}],
                          batch=4, losses=(loss,), targets=[target])
        family.sequential(f"{loss} of a softmax that is not last", [4], activation("softmax") + [
            {"className": "reshape", "args": {"targetShape": [4]}}],
                          batch=4, losses=(loss,), targets=[target])
    family.sequential("categoricalCrossentropy of soft labels", [4], activation("softmax"), x=LOGITS,
                      losses=("categoricalCrossentropy",), targets=[SMOOTH])
    family.sequential("categoricalCrossentropy of soft labels, clipped outputs", [4], activation("linear"),
                      x=PROBABILITIES, losses=("categoricalCrossentropy",), targets=[SMOOTH])
    family.sequential("sparseCategoricalCrossentropy of a large logit", [3], activation("softmax"),
                      x=np.array([[0, 120, 0.0]]), losses=("sparseCategoricalCrossentropy",),
                      targets=[np.array([[0]])])


def binary(family):
    loss = ("binaryCrossentropy",)
    logits = LOGITS[:, :3]
    family.sequential("binaryCrossentropy after sigmoid", [3], activation("sigmoid"), x=logits, losses=loss,
                      targets=[BITS])
    family.sequential("binaryCrossentropy after sigmoid, sample weights", [3], activation("sigmoid"), x=logits,
                      losses=loss, targets=[BITS], sample_weight=WEIGHTS)
    family.sequential("binaryCrossentropy of a dense sigmoid", [5],
                      [{"className": "dense", "args": {"units": 1, "activation": "sigmoid"}}],
                      batch=4, losses=loss, targets=[BITS[:, :1]])
    family.sequential("binaryCrossentropy of probabilities", [3], activation("linear"), x=BIT_PROBABILITIES,
                      losses=loss, targets=[BITS])


def differences(family):
    for loss in ("meanSquaredError", "meanAbsoluteError"):
        dense = [{"className": "dense", "args": {"units": 3}}]
        family.sequential(loss, [4], dense, batch=4, losses=(loss,))
        family.sequential(f"{loss}, sample weights", [4], dense, batch=4, losses=(loss,), sample_weight=WEIGHTS)
        family.sequential(f"{loss} of images", [3, 2, 2], activation("linear"), losses=(loss,))


def main():
    family = Family("losses", 53)
    cross_entropies(family)
    binary(family)
    differences(family)
    family.write()


if __name__ == "__main__":
    main()
