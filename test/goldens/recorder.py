"""Builds a Keras model from a layer list in the package's own words, and records what it computes.

Arithmetic is float64 on float32 inputs, so that an expected value is exact to its 7 printed digits and a
test's tolerance speaks of the tested backend alone.
"""

import json
import os
import re
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf

keras.config.set_floatx("float64")

SOURCE = f"keras {keras.__version__}, tensorflow {tf.__version__}"


class LocalResponseNormalization(keras.layers.Layer):
    """TensorFlow's own op: alpha is not divided by the window, which is clipped at the ends.

    The op has no float64 kernel, so it runs in float32.
    """

    def __init__(self, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5, **kwargs):
        super().__init__(**kwargs)
        self.settings = dict(depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta)

    def call(self, x):
        narrow = tf.cast(x, tf.float32)
        return tf.cast(tf.nn.local_response_normalization(narrow, **self.settings), x.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape


CLASSES = {
    "conv2d": keras.layers.Conv2D,
    "maxPooling2d": keras.layers.MaxPooling2D,
    "averagePooling2d": keras.layers.AveragePooling2D,
    "globalAveragePooling2d": keras.layers.GlobalAveragePooling2D,
    "localResponseNormalization": LocalResponseNormalization,
    "batchNormalization": keras.layers.BatchNormalization,
    "dense": keras.layers.Dense,
    "flatten": keras.layers.Flatten,
    "reshape": keras.layers.Reshape,
    "permute": keras.layers.Permute,
    "upSampling2d": keras.layers.UpSampling2D,
    "activation": keras.layers.Activation,
    "reLU": keras.layers.ReLU,
    "leakyReLU": keras.layers.LeakyReLU,
    "elu": keras.layers.ELU,
    "softmax": keras.layers.Softmax,
    "add": keras.layers.Add,
    "concatenate": keras.layers.Concatenate,
}

# The package writes 'leakyRelu'; Keras writes 'leaky_relu', with the same slope of 0.2.
ACTIVATIONS = {"leakyRelu": "leaky_relu"}

RENAMED = {("leakyReLU", "alpha"): "negative_slope"}


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def keras_arguments(class_name, args):
    """Translates camelCase arguments to Keras's; explicit padding becomes a layer of its own."""
    out = {}
    for key, value in args.items():
        if key == "activation":
            value = ACTIVATIONS.get(value, value)
        if key.endswith("Regularizer"):
            value = keras.regularizers.L1L2(**value)
        out[RENAMED.get((class_name, key), snake(key))] = value
    return out


def apply_layer(spec, inputs):
    args = dict(spec.get("args", {}))
    if isinstance(args.get("padding"), list):
        inputs = keras.layers.ZeroPadding2D(args.pop("padding"))(inputs)
    layer = CLASSES[spec["className"]](**keras_arguments(spec["className"], args))
    return layer(inputs)


def build_sequential(input_shape, layers):
    first = x = keras.Input(input_shape)
    for spec in layers:
        x = apply_layer(spec, x)
    return keras.Model([first], [x])


def build_graph(graph):
    tensors = {}
    for spec in graph["inputs"]:
        tensors[spec["name"]] = keras.Input(spec["shape"], name=spec["name"])
    for node in graph["nodes"]:
        sources = [tensors[name] for name in node["inputs"]]
        tensors[node["name"]] = apply_layer(node, sources if len(sources) > 1 else sources[0])
    inputs = [tensors[spec["name"]] for spec in graph["inputs"]]
    return keras.Model(inputs, [tensors[name] for name in graph["outputs"]])


def loss_of(name):
    return {
        "meanSquaredError": keras.losses.MeanSquaredError,
        "meanAbsoluteError": keras.losses.MeanAbsoluteError,
        "categoricalCrossentropy": keras.losses.CategoricalCrossentropy,
        "sparseCategoricalCrossentropy": keras.losses.SparseCategoricalCrossentropy,
        "binaryCrossentropy": keras.losses.BinaryCrossentropy,
    }[name]()


def rounded(value):
    """The number with 7 significant digits, an integer where it is one."""
    number = float(f"{float(value):.7g}")
    return int(number) if number.is_integer() else number


def pack(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": [rounded(v) for v in array.ravel()]}


def narrowed(array, decimals=2):
    """Values of few decimals that a float32 holds as the test will read them."""
    return np.round(np.asarray(array, np.float64), decimals).astype(np.float32).astype(np.float64)


class Family:
    """The cases of one file, with their own random stream."""

    def __init__(self, name, seed, source=SOURCE):
        self.name, self.source, self.cases = name, source, []
        self.random = np.random.default_rng(seed)

    def normal(self, *shape, scale=1.0, decimals=2):
        return narrowed(self.random.normal(0, scale, shape), decimals)

    def weights_for(self, model):
        """Random weights of about unit output; scales and variances stay positive."""
        values = []
        for variable in model.weights:
            shape = tuple(variable.shape)
            if "gamma" in variable.path or "moving_variance" in variable.path:
                values.append(narrowed(self.random.uniform(0.5, 1.5, shape)))
            else:
                fan = int(np.prod(shape[:-1])) or 1
                values.append(self.normal(*shape, scale=max(0.1, fan**-0.5)))
        return values

    def sequential(self, name, input_shape, layers, batch=2, **options):
        model = build_sequential(input_shape, layers)
        x = options.pop("x", None)
        x = self.normal(batch, *input_shape) if x is None else narrowed(x, 7)
        head = {"name": name, "inputShape": list(input_shape), "layers": layers}
        return self.record(head, model, [x], **options)

    def graph(self, name, graph, batch=2, **options):
        model = build_graph(graph)
        xs = [self.normal(batch, *spec["shape"]) for spec in graph["inputs"]]
        return self.record({"name": name, "graph": graph}, model, xs, **options)

    def record(self, head, model, xs, losses=("meanSquaredError",), targets=None, sample_weight=None):
        weights = self.weights_for(model)
        model.set_weights(weights)
        shapes = [(xs[0].shape[0], *output.shape[1:]) for output in model.outputs]
        if targets is None:
            targets = [self.normal(*shape, scale=0.5) for shape in shapes]
        expected = measure(model, xs, targets, losses, sample_weight)
        single = "layers" in head
        case = dict(head)
        case["weights"] = [pack(w) for w in weights]
        case["x"] = pack(xs[0]) if single else [pack(x) for x in xs]
        case["target"] = pack(targets[0]) if single else [pack(t) for t in targets]
        case["loss"] = losses[0] if single else list(losses)
        if sample_weight is not None:
            case["sampleWeight"] = [rounded(w) for w in sample_weight]
        if single:
            expected["output"] = expected.pop("outputs")[0]
            expected["inputGradient"] = expected.pop("inputGradients")[0]
        case["expected"] = expected
        self.cases.append(case)
        return case

    def write(self):
        path = Path(__file__).parent / f"{self.name}.json"
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in self.cases)
        path.write_text(f'{{"source":"{self.source}","cases":[\n{lines}\n]}}\n')
        print(f"{path.name}: {len(self.cases)} cases, {path.stat().st_size} bytes")


def measure(model, xs, targets, losses, sample_weight=None):
    """One training forward and backward; inference is read first, before statistics move."""
    inputs = [tf.constant(x) for x in xs]
    inference = as_list(model(inputs, training=False))
    statistics = [v for v in model.weights if "moving_" in v.path]
    weight = None if sample_weight is None else tf.constant(sample_weight, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = as_list(model(inputs, training=True))
        terms = [
            loss_of(name)(tf.constant(target), output, sample_weight=weight)
            for name, target, output in zip(losses, targets, outputs)
        ]
        total = tf.add_n(terms + list(model.losses))
    variables = [v.value for v in model.trainable_variables]
    by_input, by_weight = tape.gradient(total, [inputs, variables])
    expected = {
        "outputs": [pack(o) for o in outputs],
        "loss": rounded(total),
        "inputGradients": [pack(g) for g in by_input],
        "weightGradients": [pack(g) for g in by_weight],
    }
    if statistics:
        expected["inference"] = pack(inference[0])
        expected["movingStatistics"] = [pack(v.value) for v in statistics]
    return expected


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]
