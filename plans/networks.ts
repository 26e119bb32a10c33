import type { LayersModel, ModelOptions } from 'node-cudnn';

import * as alexnets from './networks/alexnets.js';
import { residualAlexnet } from './networks/residualAlexnet.js';
import { siamese } from './networks/siamese.js';
import { smallNetwork } from './networks/smallNetwork.js';
import { uNet } from './networks/uNet.js';

/** A network to plan: its model, compiled with the optimizer and loss that it is trained with. */
export interface PlannedNetwork {
  readonly name: string;
  readonly title: string;
  /** options: backend, seed. */
  readonly make: (options: ModelOptions) => LayersModel;
}

/** The networks that the product is for. */
export const networks: readonly PlannedNetwork[] = [
  { name: 'S1', title: "the paper's AlexNet, 1000 classes", make: alexnets.paper },
  { name: 'S2', title: 'AlexNet8 on CIFAR-10', make: alexnets.cifar },
  { name: 'S3', title: 'U-Net-like, 48x48 patches, two classes a pixel', make: uNet },
  { name: 'S4', title: 'plain AlexNet, two classes', make: alexnets.twoClasses },
  { name: 'S4-small', title: 'one convolution on 100x100 images, two classes', make: smallNetwork },
  { name: 'S5', title: "AlexNet with Caffe's weights, two classes", make: alexnets.fineTuned },
  { name: 'S6', title: 'AlexNet on Fashion-MNIST, 224x224x1', make: alexnets.fashion },
  { name: 'S7', title: 'AlexNet with residual blocks on CIFAR-10', make: residualAlexnet },
  { name: 'siamese', title: 'two images through one encoder, of one class or not', make: siamese },
];
