/** Weights that models share go with the last of these models, or with the layer. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { input, layers, model, sequential } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import { nativeAddon } from '../../lib/native/addon.js';
import { rows, values, width, Workshop, x } from './workshop.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe.each(['cpu', 'reference'])('on %s', (backend) => {
  const workshop = new Workshop(backend);
  afterEach(async () => {
    await workshop.end();
    expect(nativeAddon().liveHandles()).toBe(0);
  });

  it('another backend is refused', async () => {
    const base = workshop.network('base');
    await base.getWeights();
    const other = backend === 'cpu' ? 'reference' : 'cpu';
    const elsewhere = () =>
      workshop.track(model({ backend: other, inputs: base.inputs, outputs: base.outputs }));
    expect(elsewhere).toThrow(
      `dense 'base_one': its weights are on the backend '${backend}', and this model is on ` +
        `'${other}'; give both models the same`,
    );
    // Whichever needs the weights first.
    const second = workshop.network('second');
    const early = workshop.track(
      model({ backend: other, inputs: second.inputs, outputs: second.outputs }),
    );
    await early.getWeights();
    await expect(second.predict(x)).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await second.dispose();
    expect(await values(early)).toHaveLength(rows * width);
  });

  it.each([0, 1])('the last model of a layer frees it: the other goes first, %i', async (order) => {
    const base = workshop.network('base');
    const other = workshop.over('other', base);
    const expected = await values(base);
    const both: LayersModel[] = [base, other];
    const [first = base, last = other] = order === 0 ? both : both.reverse();
    await values(other);
    await first.dispose();
    await expect(first.predict(x)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(await values(last)).toEqual(expected);
    const third = workshop.over('third', base);
    await last.dispose();
    expect(await values(third)).toEqual(expected);
    await third.dispose();
    expect(() => workshop.over('fourth', base)).toThrow(
      "dense 'base_one': its weights were freed with model 'third', the last model that used it",
    );
  });

  it('memory goes with layers that are garbage', async () => {
    const base = workshop.network('base');
    await base.getWeights();
    const alone = (await base.program()).bytes;
    const forget = async () => {
      const wide = sequential({
        backend,
        layers: [...base.layers, layers.dense({ units: 5000, name: 'wide' })],
      });
      await wide.getWeights();
      return (await wide.program()).bytes;
    };
    expect(await forget()).toBeGreaterThan(alone + 4 * 5000 * width);
    let bytes = NaN;
    for (let i = 0; i < 100 && (bytes !== alone || nativeAddon().liveHandles() > 1); ++i) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await base.getWeights();
      ({ bytes } = await base.program());
    }
    expect(bytes).toBe(alone);
    expect(nativeAddon().liveHandles()).toBe(1);
  });

  it('memory goes with the layers that nobody has any more', async () => {
    const base = workshop.network('base');
    await base.getWeights();
    const alone = (await base.program()).bytes;
    const wide = sequential({
      backend,
      layers: [...base.layers, layers.dense({ units: 5000, name: 'wide' })],
    });
    await wide.getWeights();
    await base.getWeights();
    expect((await base.program()).bytes).toBeGreaterThan(alone + 4 * 5000 * width);
    await wide.dispose();
    await base.getWeights();
    expect((await base.program()).bytes).toBe(alone);
  });

  it('a model that there is no memory for leaves none behind', async () => {
    const start = input({ shape: [width] });
    const small = layers.dense({ units: width, name: 'small' }).apply(start);
    const large = layers.dense({ units: 2 ** 19, name: 'large' }).apply(small);
    const endless = layers.dense({ units: 2 ** 19, name: 'endless' }).apply(large);
    const whole = workshop.track(model({ backend, inputs: start, outputs: endless }));
    await expect(whole.getWeights()).rejects.toMatchObject({ code: 'ERR_OUT_OF_MEMORY' });
    const first = workshop.track(model({ backend, inputs: start, outputs: small }));
    await first.getWeights();
    expect((await first.program()).bytes).toBeLessThan(2 ** 20);
    await expect(whole.getWeights()).rejects.toMatchObject({ code: 'ERR_OUT_OF_MEMORY' });
  });
});
