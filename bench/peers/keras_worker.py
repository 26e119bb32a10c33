"""Keras on TensorFlow as a worker of `npm run bench -- --networks` and `--predict`: f32.

A step and a call are each one tf.function, which leaves out what fit() and predict() add; without
XLA, as Keras itself chooses on a CPU.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import tensorflow as tf

from keras_networks import make
from turns import labels, noise, read_task, serve


def training_step(task, model, batch):
    rate = task["learningRate"]
    optimizer = (
        keras.optimizers.Adam(rate) if task["optimizer"] == "adam"
        else keras.optimizers.SGD(rate, task["momentum"])
    )
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def train(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    x, y = tf.constant(noise(task, batch)), tf.constant(labels(task, batch))
    return lambda: float(train(x, y))


def prediction(task, model, batch):
    call = tf.function(lambda x: tf.nn.softmax(model(x, training=False)))
    x = tf.constant(noise(task, batch))
    return lambda: call(x).numpy()


def main():
    task = read_task()
    tf.config.threading.set_intra_op_parallelism_threads(task["threads"])
    keras.utils.set_random_seed(1)
    model = make(task["network"], task["inputShape"])
    step = training_step if task["mode"] == "train" else prediction
    version = f"{keras.__version__} on TensorFlow {tf.__version__}"
    serve(task, version, lambda batch: step(task, model, batch))


if __name__ == "__main__":
    main()
