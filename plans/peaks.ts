import type { Precision } from './plan.js';

/** Published peaks of a device: dense, without structured sparsity, sums in float32. */
export interface Peaks {
  /** TFLOP/s of tensor cores with TF32 operands; of the FP32 units where there is no TF32. */
  readonly tf32: number;
  /** TFLOP/s of tensor cores with bfloat16 operands; absent where there are none. */
  readonly bf16?: number;
  /** TFLOP/s of the FP32 units. */
  readonly float32: number;
  /** GB/s of device memory (10^9 bytes). */
  readonly bandwidth: number;
  readonly source: string;
}

/** By device name, as in test/devices. Where a source gives figures with sparsity, half of them. */
const peaks: Readonly<Record<string, Peaks>> = {
  'Tesla T4': {
    tf32: 8.1,
    float32: 8.1,
    bandwidth: 320,
    source: 'NVIDIA T4 Tensor Core GPU data sheet: 8.1 TFLOPS FP32, 320 GB/s',
  },
  'NVIDIA A100-SXM4-80GB': {
    tf32: 156,
    bf16: 312,
    float32: 19.5,
    bandwidth: 2039,
    source: 'NVIDIA A100 Tensor Core GPU data sheet, A100 80GB SXM',
  },
  'NVIDIA GeForce RTX 4090': {
    tf32: 82.6,
    bf16: 165.2,
    float32: 82.6,
    bandwidth: 1008,
    source: 'NVIDIA Ada GPU Architecture white paper, appendix A, GeForce RTX 4090',
  },
  'NVIDIA H100 80GB HBM3': {
    tf32: 494.7,
    bf16: 989.4,
    float32: 66.9,
    bandwidth: 3350,
    source: 'NVIDIA H100 Tensor Core GPU Architecture white paper and data sheet, H100 SXM5',
  },
  'NVIDIA B200': {
    tf32: 1100,
    bf16: 2250,
    float32: 75,
    bandwidth: 7700,
    source: 'NVIDIA Blackwell data sheet, HGX B200: 2.2 and 4.5 PFLOPS with sparsity, 7.7 TB/s',
  },
  'NVIDIA GeForce RTX 5090': {
    tf32: 104.8,
    bf16: 209.5,
    float32: 104.8,
    bandwidth: 1792,
    source: 'NVIDIA RTX Blackwell GPU Architecture white paper, appendix A, GeForce RTX 5090',
  },
};

export function peaksOf(deviceName: string): Peaks | undefined {
  return peaks[deviceName];
}

/** What of a command decides how long it takes at least. */
export interface Cost {
  readonly flops: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * The time of the commands, one after another, if each ran at the device's peak: max(FLOPs / peak,
 * bytes / bandwidth) of each. Undefined where the device has no peak in this precision.
 */
export function rooflineMilliseconds(
  commands: readonly Cost[],
  device: Peaks,
  precision: Precision,
): number | undefined {
  const teraflops = device[precision];
  if (teraflops === undefined) return undefined;
  return commands.reduce((sum, { flops, bytesRead, bytesWritten }) => {
    const computing = flops / (teraflops * 1e9);
    const moving = (bytesRead + bytesWritten) / (device.bandwidth * 1e6);
    return sum + Math.max(computing, moving);
  }, 0);
}
