// Prints, one a line, the C++ sources under the named folders, relative to the package root.
// Both builds take their list of sources from here.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

function sources(folder) {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(name);
    return entry.name.endsWith('.cpp') ? [name] : [];
  });
}

for (const folder of process.argv.slice(2)) {
  for (const name of sources(folder).sort()) console.log(name);
}
