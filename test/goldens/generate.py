"""Writes every golden of this folder again: python test/goldens/generate.py

Needs keras 3 with tensorflow, and torch. The same versions write the same bytes.
"""

import alexnet
import convolution
import dense
import grouped_convolution
import losses
import merge
import metrics
import normalization
import optimizers
import pooling
import rearrange
import sharing

if __name__ == "__main__":
    for family in (convolution, grouped_convolution, pooling, normalization, dense, merge, rearrange,
                   losses, metrics, optimizers, sharing, alexnet):
        family.main()
