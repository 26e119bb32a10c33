export { loadWeights, type LoadWeightsOptions } from './loadWeights.js';
export { readSafetensors, writeSafetensors, type Safetensors } from './safetensors.js';
export { saveModel, saveWeights, type SaveOptions } from './saveModel.js';
