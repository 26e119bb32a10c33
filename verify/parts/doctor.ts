import { libraries, runDoctor } from '../doctor.js';
import type { Part } from '../part.js';

export const doctorPart: Part = {
  name: 'doctor',
  title: 'what is found, and what the device says of itself',
  seconds: 60,
  run: (report) => {
    const { ok, text } = runDoctor();
    report.check("'cuda' can be used", ok, ok ? 'as doctor says' : text);
    for (const { title, path, version } of libraries()) {
      report.text(title, `${path ?? 'not found'} ${version ?? ''}`);
    }
    return Promise.resolve();
  },
};
