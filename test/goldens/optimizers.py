"""Weights after each of ten steps of every optimizer, on one dense layer with fixed data."""

import json
from pathlib import Path

import keras
import numpy as np

from recorder import SOURCE, narrowed, pack, rounded, snake

RULES = [
    ("sgd", {"learningRate": 0.1}),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9}),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"learningRate": 0.1, "weightDecay": 0.01}),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.1}),
    ("sgd", {"learningRate": 0.2, "clipNorm": 0.5}),
    ("sgd", {"learningRate": 0.2, "clipValue": 0.2}),
    ("sgd", {"learningRate": 0.2, "globalClipNorm": 0.6}),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01, "clipNorm": 0.4}),
    ("adam", {"learningRate": 0.05}),
    ("adam", {"learningRate": 0.05, "epsilon": 0.1}),
    ("adam", {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.99}),
    ("adam", {"learningRate": 0.05, "weightDecay": 0.01}),
    ("adam", {"learningRate": 0.05, "globalClipNorm": 0.3}),
    ("adamw", {"learningRate": 0.05}),
    ("adamw", {"learningRate": 0.05, "weightDecay": 0.1}),
]
CLASSES = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}
KERAS_NAMES = {"clipNorm": "clipnorm", "clipValue": "clipvalue", "globalClipNorm": "global_clipnorm",
               "beta1": "beta_1", "beta2": "beta_2"}


def optimizer_of(name, args):
    return CLASSES[name](**{KERAS_NAMES.get(key, snake(key)): value for key, value in args.items()})


def ten_steps(name, args, initial, x, target, learning_rates=None):
    model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(target.shape[1])])
    model.set_weights(initial)
    model.compile(optimizer_of(name, args), "mean_squared_error")
    losses, weights = [], []
    for step in range(10):
        if learning_rates:
            model.optimizer.learning_rate = learning_rates[step]
        losses.append(rounded(model.train_on_batch(x, target)))
        weights.append([pack(w) for w in model.get_weights()])
    return {"losses": losses, "weights": weights}


def main():
    random = np.random.default_rng(83)
    x, target = narrowed(random.normal(0, 1, (6, 4))), narrowed(random.normal(0, 2, (6, 3)))
    initial = [narrowed(random.normal(0, 1, (4, 3))), narrowed(random.normal(0, 1, (3,)))]
    cases = []
    for name, args in RULES:
        title = " ".join([name, *(f"{key} {value}" for key, value in args.items())])
        optimizer = {"className": name, "args": args}
        cases.append({"name": title, "optimizer": optimizer, "expected": ten_steps(name, args, initial, x, target)})
    for name, args in (("sgd", {"learningRate": 0.1, "momentum": 0.9}), ("adam", {"learningRate": 0.1})):
        rates = [0.1] * 4 + [0.01] * 3 + [0.03] * 3
        cases.append({"name": f"{name}, learning rate changed between steps",
                      "optimizer": {"className": name, "args": args}, "learningRates": rates,
                      "expected": ten_steps(name, args, initial, x, target, rates)})
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    shared = json.dumps({"weights": [pack(w) for w in initial], "x": pack(x), "target": pack(target)},
                        separators=(",", ":"))[1:-1]
    path = Path(__file__).parent / "optimizers.json"
    path.write_text(f'{{"source":"{SOURCE}",{shared},"cases":[\n{body}\n]}}\n')
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
