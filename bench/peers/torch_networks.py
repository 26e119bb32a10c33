"""The networks of bench/networks/ as PyTorch modules that give logits, by name; batches are NCHW.

A stride of 2 pads by one on every side, where 'same' padding pads after: sizes and work are equal.
"""

import torch
from torch import nn

from torch_alexnet import alexnet, alexnet8


def normalized(inputs, outputs, kernel, stride=1, groups=1, relu=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, 1e-3, 0.01),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)


def classifier(channels, classes=10):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def mlp():
    return nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10),
    )


def convnet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 12 * 12, 128), nn.ReLU(), nn.Linear(128, 10),
    )


def resnet20():
    layers, inputs = [normalized(3, 16, 3)], 16
    for filters in (16, 32, 64):
        for stride in (1 if filters == 16 else 2, 1, 1):
            body = nn.Sequential(
                normalized(inputs, filters, 3, stride), normalized(filters, filters, 3, relu=False),
            )
            shortcut = nn.Identity() if stride == 1 else normalized(inputs, filters, 1, stride, relu=False)
            layers.append(Residual(body, shortcut))
            inputs = filters
    return nn.Sequential(*layers, *classifier(64))


def mobilenet():
    layers, inputs = [normalized(3, 32, 3)], 32
    for filters, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        layers += [normalized(inputs, inputs, 3, stride, groups=inputs), normalized(inputs, filters, 1)]
        inputs = filters
    return nn.Sequential(*layers, *classifier(512))


class Fire(nn.Module):
    def __init__(self, inputs, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(inputs, squeeze, 1), nn.ReLU())
        self.narrow = nn.Sequential(nn.Conv2d(squeeze, expand, 1), nn.ReLU())
        self.wide = nn.Sequential(nn.Conv2d(squeeze, expand, 3, padding=1), nn.ReLU())

    def forward(self, x):
        squeezed = self.squeeze(x)
        return torch.cat([self.narrow(squeezed), self.wide(squeezed)], 1)


def squeezenet():
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        Fire(64, 16, 64), Fire(128, 16, 64), nn.MaxPool2d(3, 2),
        Fire(128, 32, 128), Fire(256, 32, 128), nn.MaxPool2d(3, 2),
        Fire(256, 48, 192), Fire(384, 64, 256),
        nn.Conv2d(512, 10, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )


def twice(inputs, filters):
    return nn.Sequential(
        nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU(),
        nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(),
    )


class Unet(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.fine, self.middle, self.coarse = twice(3, base), twice(base, 2 * base), twice(2 * base, 4 * base)
        self.up, self.last = twice(6 * base, 2 * base), twice(3 * base, base)
        self.pool, self.grow = nn.MaxPool2d(2), nn.Upsample(scale_factor=2)
        self.pixels = nn.Conv2d(base, 2, 1)

    def forward(self, x):
        fine = self.fine(x)
        middle = self.middle(self.pool(fine))
        coarse = self.coarse(self.pool(middle))
        up = self.up(torch.cat([self.grow(coarse), middle], 1))
        return self.pixels(self.last(torch.cat([self.grow(up), fine], 1)))


def resnext(in_group):
    layers, inputs = [normalized(3, 64, 3)], 64
    for width in (64, 128, 256):
        for first in (True, False):
            stride = 2 if first and width > 64 else 1
            body = nn.Sequential(
                normalized(inputs, width, 1),
                normalized(width, width, 3, stride, groups=width // in_group),
                normalized(width, 2 * width, 1, relu=False),
            )
            shortcut = normalized(inputs, 2 * width, 1, stride, relu=False) if first else nn.Identity()
            layers.append(Residual(body, shortcut))
            inputs = 2 * width
    return nn.Sequential(*layers, *classifier(512))


NETWORKS = {
    "mlp": mlp,
    "convnet": convnet,
    "resnet20": resnet20,
    "alexnet8": alexnet8,
    "alexnet": alexnet,
    "mobilenet": mobilenet,
    "squeezenet": squeezenet,
    **{f"unet{base}": (lambda base=base: Unet(base)) for base in (32, 24, 12)},
    **{f"resnext{size}": (lambda size=size: resnext(size)) for size in (4, 8, 16)},
}


def parameters(module):
    """Weights and moving statistics, which Keras and node-cudnn count too."""
    moving = sum(b.numel() for name, b in module.named_buffers() if not name.endswith("num_batches_tracked"))
    return moving + sum(p.numel() for p in module.parameters())
