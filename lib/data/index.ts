export { batches, type BatchesOptions, type LabelledRows, type TensorBatch } from './batches.js';
export {
  fashionMnist,
  type FashionMnist,
  type FashionMnistOptions,
  type LabelledImages,
} from './fashionMnist.js';
export { readIdx, type ReadIdxOptions } from './idx.js';
export { padImages, repeatChannels, resizeWithPad, type ResizeOptions } from './images.js';
