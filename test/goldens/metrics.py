"""Every metric beside every loss and last activation: what evaluate() says, with ragged batches and weights."""

import warnings

import keras
import numpy as np

from losses import BITS, BIT_PROBABILITIES, CLASSES, LOGITS, ONE_HOT, PROBABILITIES, WEIGHTS
from recorder import Family, narrowed, pack, rounded

CROSS_ENTROPIES = {
    "categoricalCrossentropy": keras.losses.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": keras.losses.SparseCategoricalCrossentropy,
    "binaryCrossentropy": keras.losses.BinaryCrossentropy,
}
DIFFERENCES = {
    "meanSquaredError": keras.losses.MeanSquaredError,
    "meanAbsoluteError": keras.losses.MeanAbsoluteError,
}
METRICS = {
    "meanSquaredError": keras.metrics.MeanSquaredError,
    "meanAbsoluteError": keras.metrics.MeanAbsoluteError,
    "categoricalCrossentropy": keras.metrics.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": keras.metrics.SparseCategoricalCrossentropy,
    "binaryCrossentropy": keras.metrics.BinaryCrossentropy,
    "categoricalAccuracy": keras.metrics.CategoricalAccuracy,
    "sparseCategoricalAccuracy": keras.metrics.SparseCategoricalAccuracy,
    "binaryAccuracy": keras.metrics.BinaryAccuracy,
}
OF_LABELS = ["sparseCategoricalCrossentropy", "sparseCategoricalAccuracy"]
OF_BITS = ["meanSquaredError", "meanAbsoluteError", "binaryCrossentropy", "binaryAccuracy"]
OF_CLASSES = [*OF_BITS, "categoricalCrossentropy", "categoricalAccuracy"]
BATCH_SIZE = 3


def measure(last, loss, names, x, target, weights):
    """The logs of one evaluation; a metric's weighted twin is 'weighted_' and its name."""
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, keras.layers.Activation(last)(inputs))
    plain = [METRICS[name](name=name) for name in names]
    weighted = [METRICS[name](name=f"weighted_{name}") for name in names]
    model.compile("sgd", loss, metrics=plain, weighted_metrics=weighted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of logits that are none
        logs = model.evaluate(x, target, batch_size=BATCH_SIZE, sample_weight=weights, verbose=0, return_dict=True)
    return {name: rounded(value) for name, value in logs.items()}


def losses_for(target_names):
    for name in target_names:
        if name in DIFFERENCES:
            yield name, False, DIFFERENCES[name]()
        if name in CROSS_ENTROPIES:
            for from_logits in (False, True):
                yield name, from_logits, CROSS_ENTROPIES[name](from_logits=from_logits)


def record(family, last, x, target, names):
    x = narrowed(x, 7)
    # Keras has no one weight for several positions.
    weights = WEIGHTS if x.ndim == 2 else [1] * len(x)
    for name, from_logits, loss in losses_for(names):
        family.cases.append({
            "name": f"{name}{' from logits' if from_logits else ''} after {last}, [{','.join(map(str, x.shape))}]",
            "last": last, "loss": name, "fromLogits": from_logits, "metrics": names,
            "x": pack(x), "target": pack(target), "sampleWeight": weights, "batchSize": BATCH_SIZE,
            "expected": measure(last, loss, names, x, target, np.array(weights, float) if x.ndim == 2 else None),
        })


def main():
    family = Family("metrics", 59)
    positions = np.stack([LOGITS, LOGITS[::-1] / 2], axis=1)
    for last in ("softmax", "sigmoid", "linear"):
        x = PROBABILITIES if last == "linear" else LOGITS
        record(family, last, x, ONE_HOT, OF_CLASSES)
        record(family, last, x, CLASSES, OF_LABELS)
        record(family, last, positions, np.stack([ONE_HOT, ONE_HOT[::-1]], axis=1), OF_CLASSES)
    for last, x in (("sigmoid", LOGITS), ("linear", BIT_PROBABILITIES)):
        record(family, last, x[:, :1], BITS[:, :1], OF_BITS)
    family.write()


if __name__ == "__main__":
    main()
