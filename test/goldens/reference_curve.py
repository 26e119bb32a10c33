"""The reference learning curve: AlexNet for 32x32 images on the first 12,800 Fashion-MNIST images.

Batch 32, no shuffle, Adam .001, one epoch; prints one JSON line a seed with the mean training loss of
each 50 steps, the epoch's loss, and the accuracy on the first 2,000 test images. About 90 s a seed on
two cores. Run: python test/goldens/reference_curve.py --data FOLDER --seeds 1 2 3
"""

import argparse
import gzip
import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

BUCKET = 50


def read_idx(path, count):
    with gzip.open(path) as file:
        head = file.read(4)
        shape = [int.from_bytes(file.read(4), "big") for _ in range(head[3])]
        shape[0] = min(count, shape[0])
        return np.frombuffer(file.read(int(np.prod(shape))), np.uint8).reshape(shape)


def load(folder, prefix, count):
    images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz", count).astype(np.float32) / 255
    labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", count).astype(np.int32)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    return np.repeat(padded[..., None], 3, axis=-1), labels


def alexnet8():
    layers = keras.layers
    return keras.Sequential([
        keras.Input((32, 32, 3)),
        layers.Conv2D(96, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(3, 2),
        layers.Conv2D(256, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(3, 2),
        layers.Conv2D(384, 3, padding="same", activation="relu"),
        layers.Conv2D(384, 3, padding="same", activation="relu"),
        layers.Conv2D(256, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(3, 2), layers.Flatten(),
        layers.Dense(2048, activation="relu"), layers.Dropout(0.5),
        layers.Dense(2048, activation="relu"), layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])


def curve(seed, train, test, batch=32):
    keras.utils.set_random_seed(seed)
    model = alexnet8()
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    images, labels = train
    losses = []
    for first in range(0, len(images), batch):
        rows = slice(first, first + batch)
        model.reset_metrics()
        losses.append(float(model.train_on_batch(images[rows], labels[rows])[0]))
    loss, accuracy = model.evaluate(*test, batch_size=200, verbose=0)
    buckets = [round(float(np.mean(losses[i:i + BUCKET])), 4) for i in range(0, len(losses), BUCKET)]
    return {"seed": seed, "parameters": model.count_params(), "buckets": buckets,
            "epochLoss": round(float(np.mean(losses)), 4), "testLoss": round(loss, 4),
            "testAccuracy": round(accuracy, 4)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the four .gz IDX files")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--images", type=int, default=12800)
    options = parser.parse_args()
    train, test = load(options.data, "train", options.images), load(options.data, "t10k", 2000)
    for seed in options.seeds:
        print(json.dumps(curve(seed, train, test)), flush=True)


if __name__ == "__main__":
    main()
