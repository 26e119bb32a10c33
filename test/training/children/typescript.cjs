// Lets a plain Node.js process load the TypeScript sources, without a build.
'use strict';
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const ts = require('typescript');

const compilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
};

function compile(module, fileName) {
  const source = readFileSync(fileName, 'utf8');
  module._compile(ts.transpileModule(source, { compilerOptions, fileName }).outputText, fileName);
}

require.extensions['.ts'] = compile;
require.extensions['.cts'] = compile;

// Sources name their imports as they are after the build.
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const fromSource = /\.c?ts$/.test(parent?.filename ?? '');
  const name = fromSource ? request.replace(/^(\.{1,2}\/.*)\.(c?)js$/, '$1.$2ts') : request;
  return resolve.call(this, name, parent, ...rest);
};
