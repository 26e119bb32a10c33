"""ONNX Runtime as a worker of `npm run bench -- --predict`: PyTorch's networks, exported in f32."""

import contextlib
import io
import warnings

import onnxruntime
import torch
from torch import nn

from torch_networks import NETWORKS
from turns import noise, read_task, serve


def exported(network, sample):
    """The network with its softmax as ONNX; batch normalization is part of the convolutions."""
    model = nn.Sequential(NETWORKS[network](), nn.Softmax(1)).eval()
    file = io.BytesIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        # The newer exporter needs a package more, onnxscript.
        torch.onnx.export(model, sample, file, dynamo=False, input_names=["x"],
                          dynamic_axes={"x": {0: "batch"}})
    return file.getvalue()


def main():
    task = read_task()
    torch.manual_seed(1)

    def images(batch):
        x = noise(task, batch)
        return x.transpose(0, 3, 1, 2).copy() if x.ndim == 4 else x

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = task["threads"]
    model = exported(task["network"], torch.from_numpy(images(2)))
    session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])

    def call(batch):
        x = images(batch)
        return lambda: session.run(None, {"x": x})

    serve(task, onnxruntime.__version__, call)


if __name__ == "__main__":
    main()
