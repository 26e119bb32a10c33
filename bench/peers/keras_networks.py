"""The networks of bench/networks/ as Keras models that give logits, by name.."""

import keras
from keras import layers

import keras_alexnet


def normalized(x, filters, kernel, strides=1, groups=1):
    x = layers.Conv2D(filters, kernel, strides, "same", groups=groups, use_bias=False)(x)
    return layers.BatchNormalization()(x)


def normalized_relu(x, filters, kernel, strides=1, groups=1):
    return layers.ReLU()(normalized(x, filters, kernel, strides, groups))


def depthwise(x, strides):
    x = layers.DepthwiseConv2D(3, strides, "same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def classifier(x):
    return layers.Dense(10)(layers.GlobalAveragePooling2D()(x))


def mlp(x):
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dense(64, activation="relu")(x)
    return layers.Dense(10)(x)


def convnet(x):
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    return layers.Dense(10)(layers.Dense(128, activation="relu")(x))


def resnet20(x):
    x = normalized_relu(x, 16, 3)
    for filters in (16, 32, 64):
        for strides in (1 if filters == 16 else 2, 1, 1):
            body = normalized(normalized_relu(x, filters, 3, strides), filters, 3)
            shortcut = x if strides == 1 else normalized(x, filters, 1, strides)
            x = layers.ReLU()(layers.Add()([body, shortcut]))
    return classifier(x)


def stacked(stack):
    """A network of keras_alexnet.py, without the softmax of its last layer."""
    def build(x):
        *hidden, last = stack()
        last.activation = keras.activations.linear
        for layer in [*hidden, last]:
            x = layer(x)
        return x
    return build


def mobilenet(x):
    x = normalized_relu(x, 32, 3)
    for filters, strides in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        x = normalized_relu(depthwise(x, strides), filters, 1)
    return classifier(x)


def fire(x, squeeze, expand):
    def conv(filters, kernel):
        return layers.Conv2D(filters, kernel, padding="same", activation="relu")
    x = conv(squeeze, 1)(x)
    return layers.Concatenate()([conv(expand, 1)(x), conv(expand, 3)(x)])


def squeezenet(x):
    x = layers.Conv2D(64, 3, 2, activation="relu")(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.MaxPooling2D(3, 2)(fire(fire(x, 16, 64), 16, 64))
    x = layers.MaxPooling2D(3, 2)(fire(fire(x, 32, 128), 32, 128))
    x = fire(fire(x, 48, 192), 64, 256)
    return layers.GlobalAveragePooling2D()(layers.Conv2D(10, 1, activation="relu")(x))


def twice(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def unet(base):
    def build(x):
        def joined(x, skipped):
            return layers.Concatenate()([layers.UpSampling2D(2)(x), skipped])
        fine = twice(x, base)
        middle = twice(layers.MaxPooling2D(2)(fine), 2 * base)
        coarse = twice(layers.MaxPooling2D(2)(middle), 4 * base)
        up = twice(joined(coarse, middle), 2 * base)
        return layers.Conv2D(2, 1)(twice(joined(up, fine), base))
    return build


def resnext(in_group):
    def build(x):
        x = normalized_relu(x, 64, 3)
        for width in (64, 128, 256):
            for first in (True, False):
                strides = 2 if first and width > 64 else 1
                body = normalized_relu(x, width, 1)
                body = normalized_relu(body, width, 3, strides, width // in_group)
                body = normalized(body, 2 * width, 1)
                shortcut = normalized(x, 2 * width, 1, strides) if first else x
                x = layers.ReLU()(layers.Add()([body, shortcut]))
        return classifier(x)
    return build


NETWORKS = {
    "mlp": mlp,
    "convnet": convnet,
    "resnet20": resnet20,
    "alexnet8": stacked(keras_alexnet.alexnet8),
    "alexnet": stacked(keras_alexnet.plain),
    "mobilenet": mobilenet,
    "squeezenet": squeezenet,
    **{f"unet{base}": unet(base) for base in (32, 24, 12)},
    **{f"resnext{size}": resnext(size) for size in (4, 8, 16)},
}


def make(name, input_shape):
    image = keras.Input(input_shape)
    return keras.Model(image, NETWORKS[name](image))
