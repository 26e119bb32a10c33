"""Models that share layers: an encoder used twice, a generator and its judge, and fine-tuning."""

import json
from pathlib import Path

from recorder import SOURCE
import keras
import numpy as np

RATE = 0.1


def values(shape, first):
    """Repeatable numbers in [-1, 1], exact in float32."""
    count = int(np.prod(shape))
    return np.sin(first + np.arange(count)).astype("float32").astype("float64").reshape(shape)


def fill(model, first):
    """Other weights than Keras draws."""
    weights = [values(w.shape, first + 7 * i) for i, w in enumerate(model.get_weights())]
    model.set_weights(weights)
    return weights


def rounded(array):
    return [float(f"{value:.7g}") for value in np.asarray(array).ravel()]


def listed(arrays):
    return [rounded(array) for array in arrays]


def compile_with_sgd(model):
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")


def step(model, x, y):
    """The loss of this batch alone: Keras returns the mean since the last reset."""
    model.reset_metrics()
    return float(model.train_on_batch(x, y))


def dense(units, activation, name):
    return keras.layers.Dense(units, activation=activation, name=name)


def siamese():
    encoder = keras.Sequential(
        [keras.Input((3,)), dense(4, "tanh", "hidden"), dense(3, "linear", "code")], name="encoder"
    )
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    both = keras.layers.Concatenate()([encoder(left), encoder(right)])
    model = keras.Model([left, right], dense(1, "sigmoid", "same")(both))
    compile_with_sgd(model)
    weights = fill(model, 1)
    x, y = [values((5, 3), 2), values((5, 3), 50)], np.array([[0.0], [1], [1], [0], [1]])
    losses = [step(model, x, y) for _ in range(3)]
    return {"first": listed(weights), "losses": rounded(losses), "last": listed(model.get_weights())}


def adversaries():
    z, x = keras.Input((2,), name="noise"), keras.Input((3,), name="sample")
    generator = keras.Model(z, dense(3, "tanh", "made")(z), name="generator")
    judged = dense(1, "sigmoid", "verdict")(dense(4, "tanh", "seen")(x))
    judge = keras.Model(x, judged, name="judge")
    first = [listed(fill(generator, 3)), listed(fill(judge, 90))]
    compile_with_sgd(judge)
    real, noise = values((4, 3), 5), values((4, 2), 31)
    true, false = np.ones((4, 1)), np.zeros((4, 1))
    losses = [step(judge, real, true)]
    judge.trainable = False
    both = keras.Model(z, judge(generator(z)))
    compile_with_sgd(both)
    for _ in range(2):
        losses.append(step(both, noise, true))
        losses.append(step(judge, generator.predict(noise, verbose=0), false))
    last = [listed(generator.get_weights()), listed(judge.get_weights())]
    return {"first": first, "losses": rounded(losses), "last": last}


def fine_tuning():
    x = keras.Input((3,), name="x")
    hidden = dense(4, "tanh", "hidden")(keras.layers.BatchNormalization(momentum=0.5, name="norm")(x))
    base = keras.Model(x, dense(2, "linear", "end")(hidden), name="base")
    first = fill(base, 11)
    first[3] = np.abs(first[3]) + 0.5
    base.set_weights(first)
    tuned = keras.Model(base.inputs, dense(1, "linear", "new_end")(base.get_layer("hidden").output))
    end = tuned.get_layer("new_end")
    end.set_weights([values((4, 1), 70), values((1,), 80)])
    head = listed(end.get_weights())
    data, y = values((6, 3), 8), values((6, 1), 44)
    losses = []
    for trainable in (False, True):
        base.trainable = trainable
        end.trainable = True
        compile_with_sgd(tuned)
        losses += [step(tuned, data, y) for _ in range(2)]
    return {
        "first": listed(first),
        "head": head,
        "losses": rounded(losses),
        "last": listed(base.get_weights()),
        "lastHead": listed(end.get_weights()),
    }


def main():
    record = {
        "source": SOURCE,
        "siamese": siamese(),
        "adversaries": adversaries(),
        "fineTuning": fine_tuning(),
    }
    path = Path(__file__).with_name("sharing.json")
    path.write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
