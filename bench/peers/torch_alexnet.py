"""PyTorch's training throughput on a CPU: f32, channels_last. Prints one JSON line.

python bench/peers/torch_alexnet.py --model plain|paper|alexnet8 --batch 64 --steps 5 --warmup 2
"""

import torch
from torch import nn

from throughput import IMAGE, measure, options, report


def alexnet(groups, normalize):
    """The paper's layers; `normalize` adds response normalization after the first two poolings."""
    norm = [nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0)] if normalize else []
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2), *norm,
        nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, 2), *norm,
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 1000),
    )


def alexnet8():
    return nn.Sequential(
        nn.Conv2d(3, 96, 3), nn.BatchNorm2d(96, 1e-3, 0.01), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 3), nn.BatchNorm2d(256, 1e-3, 0.01), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(),
        nn.Linear(1024, 2048), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(2048, 2048), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(2048, 10),
    )


MODELS = {"plain": lambda: alexnet(1, False), "paper": lambda: alexnet(2, True), "alexnet8": alexnet8}


def main():
    chosen = options(list(MODELS))
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(1)
    model = MODELS[chosen.model]().to(memory_format=torch.channels_last)
    optimizer = (
        torch.optim.Adam(model.parameters(), lr=1e-3)
        if chosen.model == "alexnet8"
        else torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    )
    size, channels, classes = IMAGE[chosen.model]
    x = torch.randn(chosen.batch, channels, size, size).to(memory_format=torch.channels_last)
    y = torch.randint(0, classes, (chosen.batch,))
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    report("torch", torch.__version__, chosen, measure(step, chosen))


if __name__ == "__main__":
    main()
