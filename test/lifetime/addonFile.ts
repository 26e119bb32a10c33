import { join } from 'node:path';

import { packageRoot } from '../../lib/native/packageRoot.js';

/** The compiled addon that nativeAddon() loads, for programs that run without TypeScript. */
export const addonFile = join(
  packageRoot,
  'build',
  process.env.NODE_CUDNN_BUILD ?? 'Release',
  'node_cudnn.node',
);
