import type { LayersModel } from '../model/layersModel.js';
import type { TrainableModel } from '../model/trainable.js';

/** What a callback may ask of the model beside what training needs of it. */
type Asked =
  | 'layers'
  | 'getLayer'
  | 'weights'
  | 'countParams'
  | 'summary'
  | 'metricsNames'
  | 'getWeights'
  | 'setWeights'
  | 'predict'
  | 'predictOnBatch'
  | 'evaluate'
  | 'evaluateDataset';

/**
 * The model in training, as callbacks see it: all that may be asked while it trains, the name,
 * `optimizer`, `stopTraining`, save() and saveWeights() included. Every LayersModel is one. What
 * would train it a second time is ERR_MODEL_BUSY, and is not here.
 */
export interface CallbackModel extends TrainableModel, Pick<LayersModel, Asked> {}
