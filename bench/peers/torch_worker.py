"""PyTorch as a worker of `npm run bench -- --networks` and `--predict`: f32, channels_last."""

import torch
from torch import nn

from torch_networks import NETWORKS
from turns import labels, noise, read_task, serve


def as_images(task, batch):
    x = torch.from_numpy(noise(task, batch))
    if x.dim() == 2:
        return x
    # Through NCHW: a permuted view of one channel has strides that PyTorch is three times slower with.
    return x.permute(0, 3, 1, 2).contiguous().to(memory_format=torch.channels_last)


def training_step(task, model, batch):
    model.train()
    optimizer = (
        torch.optim.Adam(model.parameters(), lr=task["learningRate"])
        if task["optimizer"] == "adam"
        else torch.optim.SGD(model.parameters(), lr=task["learningRate"], momentum=task["momentum"])
    )
    x, y = as_images(task, batch), torch.from_numpy(labels(task, batch))
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def prediction(task, model, batch):
    model = nn.Sequential(model, nn.Softmax(1)).eval()
    x = as_images(task, batch)

    def call():
        with torch.inference_mode():
            return model(x)

    return call


def main():
    task = read_task()
    torch.set_num_threads(task["threads"])
    torch.manual_seed(1)
    model = NETWORKS[task["network"]]()
    if len(task["inputShape"]) == 3:
        model = model.to(memory_format=torch.channels_last)
    make = training_step if task["mode"] == "train" else prediction
    serve(task, torch.__version__, lambda batch: make(task, model, batch))


if __name__ == "__main__":
    main()
