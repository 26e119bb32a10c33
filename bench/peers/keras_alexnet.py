"""Keras's training throughput on a CPU with the TensorFlow backend, f32. Prints one JSON line.

TensorFlow has no gradient for grouped convolution on a CPU, so there is no 'paper' model.
python bench/peers/keras_alexnet.py --model plain|alexnet8 --batch 64 --steps 5 --warmup 2
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from throughput import IMAGE, measure, options, report


def conv(filters, kernel, strides=1, padding="same"):
    return layers.Conv2D(filters, kernel, strides, padding, activation="relu")


def dense(units, classes):
    hidden = [layers.Flatten()]
    for _ in range(2):
        hidden += [layers.Dense(units, activation="relu"), layers.Dropout(0.5)]
    return [*hidden, layers.Dense(classes, activation="softmax")]


def pool():
    return layers.MaxPooling2D(3, 2)


def plain():
    return [
        conv(96, 11, 4, "valid"), pool(), conv(256, 5), pool(), conv(384, 3), conv(384, 3),
        conv(256, 3), pool(), *dense(4096, 1000),
    ]


def alexnet8():
    return [
        layers.Conv2D(96, 3), layers.BatchNormalization(), layers.ReLU(), pool(),
        layers.Conv2D(256, 3), layers.BatchNormalization(), layers.ReLU(), pool(),
        conv(384, 3), conv(384, 3), conv(256, 3), pool(), *dense(2048, 10),
    ]


MODELS = {"plain": plain, "alexnet8": alexnet8}


def main():
    chosen = options(list(MODELS))
    tf.config.threading.set_intra_op_parallelism_threads(chosen.threads)
    keras.utils.set_random_seed(1)
    size, channels, classes = IMAGE[chosen.model]
    model = keras.Sequential([keras.Input((size, size, channels)), *MODELS[chosen.model]()])
    model.compile(
        keras.optimizers.Adam(1e-3) if chosen.model == "alexnet8" else keras.optimizers.SGD(0.01, 0.9),
        "sparse_categorical_crossentropy",
    )
    random = np.random.default_rng(1)
    x = tf.constant(random.normal(size=(chosen.batch, size, size, channels)).astype(np.float32))
    y = tf.constant(random.integers(0, classes, chosen.batch))
    seconds = measure(lambda: float(model.train_on_batch(x, y)), chosen)
    report("keras", f"{keras.__version__}, tensorflow {tf.__version__}", chosen, seconds)


if __name__ == "__main__":
    main()
