import { wideModel } from './models.js';
import { runChild } from './runChild.js';

test('the event loop stays free during training', async () => {
  const { out, err, code } = await runChild('eventLoop', {
    model: wideModel(1024, 4),
    rows: 128,
    rowElements: 1024,
    parameters: [4],
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const measured = JSON.parse(out) as Record<string, number>;
  console.log(`event-loop delay in ms: ${out}`);
  expect(measured.samples).toBeGreaterThan(400);
  expect(measured.p99).toBeLessThan(10);
});
