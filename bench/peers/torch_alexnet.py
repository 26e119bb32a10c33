"""PyTorch's training throughput on a CPU: f32, channels_last. Prints one JSON line.

'paper' has groups, and response normalization before the first two poolings as in the paper;
'paper-pool-first' normalizes the pooled, smaller images instead, and does less work.
python bench/peers/torch_alexnet.py --model plain|paper|paper-pool-first|alexnet8 --batch 64
"""

import torch
from torch import nn

from throughput import IMAGE, measure, options, report


def alexnet(groups=1, norm=None):
    """The paper's layers; `norm` says where response normalization stands: 'before' or 'after' pooling."""
    pool = [nn.MaxPool2d(3, 2)]
    normalization = [nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0)]
    reduce = {None: pool, "before": normalization + pool, "after": pool + normalization}[norm]
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4), nn.ReLU(), *reduce,
        nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(), *reduce,
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


MODELS = {
    "plain": alexnet,
    "paper": lambda: alexnet(2, "before"),
    "paper-pool-first": lambda: alexnet(2, "after"),
    "alexnet8": alexnet8,
}


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
