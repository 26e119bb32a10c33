/** Chains of dense layers by hand, in double precision: an oracle for weights that models share. */

export interface HandLayer {
  readonly activation: 'tanh' | 'linear';
  /** [inputs][units] */
  kernel: number[][];
  bias: number[];
  trainable: boolean;
}

interface Velocity {
  kernel: number[][];
  bias: number[];
}

const momentum = 0.9;

/** A model of some layers, which other models may have too, and the optimizer's state of its own. */
export class HandModel {
  private velocities: Velocity[] = [];
  private trained: boolean[] = [];

  constructor(
    readonly layers: readonly HandLayer[],
    private readonly learningRate: number,
  ) {
    this.compile();
  }

  compile(): void {
    this.trained = this.layers.map(({ trainable }) => trainable);
    this.velocities = this.layers.map(({ kernel, bias }) => ({
      kernel: kernel.map((row) => row.map(() => 0)),
      bias: bias.map(() => 0),
    }));
  }

  predict(rows: readonly number[][]): number[][] {
    return rows.map((row) => this.values(row).at(-1) ?? []);
  }

  /** One step of momentum on the mean squared error. */
  train(rows: readonly number[][], targets: readonly number[][]): void {
    const gradients = this.layers.map(({ kernel, bias }) => ({
      kernel: kernel.map((row) => row.map(() => 0)),
      bias: bias.map(() => 0),
    }));
    rows.forEach((row, n) => {
      this.addGradients(gradients, row, targets[n] ?? [], rows.length);
    });
    this.layers.forEach((layer, l) => {
      if (this.trained[l] === true) this.update(layer, l, gradients[l] ?? { kernel: [], bias: [] });
    });
  }

  private values(row: readonly number[]): number[][] {
    const values = [[...row]];
    for (const { kernel, bias, activation } of this.layers) {
      const input = values.at(-1) ?? [];
      const sums = bias.map((b, k) => input.reduce((s, v, i) => s + v * at(kernel, i, k), b));
      values.push(activation === 'tanh' ? sums.map(Math.tanh) : sums);
    }
    return values;
  }

  private addGradients(
    gradients: Velocity[],
    row: readonly number[],
    target: readonly number[],
    rows: number,
  ): void {
    const values = this.values(row);
    const output = values.at(-1) ?? [];
    let slope = output.map((v, k) => (2 * (v - (target[k] ?? NaN))) / (rows * output.length));
    for (let l = this.layers.length - 1; l >= 0; --l) {
      const { kernel, activation } = this.layers[l] as HandLayer;
      const [input, out] = [values[l] ?? [], values[l + 1] ?? []];
      const inner = slope.map((d, k) => (activation === 'tanh' ? d * (1 - (out[k] ?? 0) ** 2) : d));
      const gradient = gradients[l] as Velocity;
      gradient.kernel = gradient.kernel.map((r, i) =>
        r.map((g, k) => g + (input[i] ?? 0) * (inner[k] ?? 0)),
      );
      gradient.bias = gradient.bias.map((g, k) => g + (inner[k] ?? 0));
      slope = input.map((_, i) => inner.reduce((s, d, k) => s + d * at(kernel, i, k), 0));
    }
  }

  private update(layer: HandLayer, l: number, gradient: Velocity): void {
    const velocity = this.velocities[l] as Velocity;
    const next = (v: number, g: number) => momentum * v - this.learningRate * g;
    velocity.kernel = velocity.kernel.map((r, i) =>
      r.map((v, k) => next(v, at(gradient.kernel, i, k))),
    );
    velocity.bias = velocity.bias.map((v, k) => next(v, gradient.bias[k] ?? NaN));
    layer.kernel = layer.kernel.map((r, i) => r.map((w, k) => w + at(velocity.kernel, i, k)));
    layer.bias = layer.bias.map((b, k) => b + (velocity.bias[k] ?? NaN));
  }
}

function at(matrix: readonly (readonly number[])[], i: number, k: number): number {
  return matrix[i]?.[k] ?? NaN;
}
