import { nativeAddon } from '../../lib/native/addon.js';
import { wideModel } from './models.js';
import { runChild } from './runChild.js';

/** What the allocator and the garbage collector may keep: of 200 leaked programs, a quarter. */
const slackMegabytes = 24;
const width = 128;

describe.each(nativeAddon().backendNames())('resident memory on %s', (backend) => {
  // Weights and velocities of 0.5 MB.
  const model = wideModel(width, 4, backend);

  test.each([
    ['over programs made and disposed', 'dispose', 100, 200],
    ['over programs made and forgotten', 'forget', 100, 200],
    ['over steps', 'steps', 100, 1000],
    ['over results and failed calls', 'results', 200, 500],
  ])(
    'is flat %s',
    async (_, subject, warmUp, rounds) => {
      const { out, err, code } = await runChild('memory', {
        model,
        rows: 4,
        rowElements: width,
        parameters: [subject, warmUp, rounds],
      });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const { before, after, live } = JSON.parse(out) as Record<string, number>;
      console.log(`${backend}, ${subject}: ${before?.toFixed(1)} to ${after?.toFixed(1)} MB`);
      expect(after).toBeLessThan((before ?? NaN) + slackMegabytes);
      expect(live).toBeLessThanOrEqual(subject === 'dispose' ? 0 : 1);
    },
    180_000,
  );
});

test('programs that are forgotten are collected before they fill the memory', async () => {
  const { out } = await runChild('memory', {
    model: wideModel(1024, 4),
    rows: 4,
    rowElements: 1024,
    parameters: ['pressure', 1, 40],
  });
  // 40 programs of 32 MB and more.
  const { peak } = JSON.parse(out) as Record<string, number>;
  console.log(`at most ${peak?.toFixed(0)} MB`);
  expect(peak).toBeLessThan(700);
}, 180_000);
