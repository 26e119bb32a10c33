// Leaves in dist/ the declarations that the entry points reach, before the package is packed: the
// others are of no use to a user, and may name types of Node.js.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const dist = path.join(__dirname, '..', 'dist');

function declarations(folder) {
  const entries = fs.readdirSync(folder, { recursive: true });
  return entries.filter((name) => /\.d\.c?ts$/.test(name)).map((name) => path.join(folder, name));
}

function imported(file) {
  const text = fs.readFileSync(file, 'utf8');
  const names = [...text.matchAll(/(?:from|import\(?)\s*['"](\.[^'"]+)['"]/g)].map(
    ([, name]) => name,
  );
  return names.map((name) => path.join(path.dirname(file), name.replace(/\.(c?)js$/, '.d.$1ts')));
}

for (const build of ['esm', 'cjs']) {
  const reached = new Set([path.join(dist, build, 'index.d.ts')]);
  for (const file of reached) for (const next of imported(file)) reached.add(next);
  for (const file of declarations(path.join(dist, build))) {
    if (!reached.has(file)) fs.rmSync(file);
  }
}
// tsc would not write again what it believes to be there: the next build starts anew.
for (const name of ['.complete', 'esm.tsbuildinfo', 'cjs.tsbuildinfo']) {
  fs.rmSync(path.join(dist, name), { force: true });
}
