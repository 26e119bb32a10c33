// Installs a packed package as its users do, from a registry of its own on this machine, with every
// package manager that test/package names: anew, then from the lockfile; and imports it.
//   check-install.mjs TARBALL      test/package/node_modules has to be there
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const tarball = resolve(process.argv[2]);
const tools = resolve(import.meta.dirname, '../test/package/node_modules');
const folder = mkdtempSync(join(tmpdir(), 'node-cudnn-install-'));

// How each installs anew, installs what its lockfile says, and runs Node.js.
const npm = { bin: 'bin/npm-cli.js', add: ['install', 'node-cudnn'], again: ['ci'] };
const yarn = { bin: 'bin/yarn.js', add: ['add', 'node-cudnn'], run: ['node'] };
const managers = {
  'npm-10': npm,
  'npm-11': npm,
  pnpm: {
    bin: 'bin/pnpm.cjs',
    add: ['add', 'node-cudnn'],
    again: ['install', '--frozen-lockfile'],
  },
  yarn: { ...yarn, again: ['install', '--frozen-lockfile'] },
  '@yarnpkg/cli-dist': { ...yarn, again: ['install', '--immutable'] },
};

const program = `
import * as nodeCudnn from 'node-cudnn';
import { createRequire } from 'node:module';
const { sequential, layers } = createRequire(import.meta.url)('node-cudnn');
if (typeof nodeCudnn.sequential !== 'function') throw new Error('no sequential()');
const model = sequential({ backend: 'cpu', layers: [layers.dense({ units: 1, inputShape: [1] })] });
try {
  await model.predict([[1]]);
} catch ({ code, message }) {
  console.log(code + ': ' + message);
}
`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** What node-cudnn depends on comes through it from the registry that this machine uses. */
async function startRegistry(port) {
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const everyone = { access: '$all', publish: '$all' };
  const config = {
    storage: join(folder, 'storage'),
    uplinks: { upstream: { url: upstream } },
    packages: { 'node-cudnn': everyone, '**': { ...everyone, proxy: 'upstream' } },
    log: { type: 'file', path: join(folder, 'registry.log'), level: 'warn' },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'registry.yaml'), JSON.stringify(config));
  const parameters = ['--config', join(folder, 'registry.yaml'), '--listen', `127.0.0.1:${port}`];
  const server = fork(join(tools, 'verdaccio/bin/verdaccio'), parameters, { stdio: 'ignore' });
  await once(server, 'message');
  return server;
}

function run(name, parameters, cwd, env) {
  const { bin } = managers[name];
  const command = [join(tools, name, bin), ...parameters];
  return execFileSync(process.execPath, command, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

function check(name, env) {
  const { add, again, run: runner } = managers[name];
  const user = join(folder, name.replaceAll('/', '-'));
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{ "name": "user", "version": "1.0.0" }\n');
  writeFileSync(join(user, 'program.mjs'), program);
  // Without it Yarn 4 takes the folder for a part of one above.
  if (name === '@yarnpkg/cli-dist') writeFileSync(join(user, 'yarn.lock'), '');
  run(name, add, user, env);
  rmSync(join(user, 'node_modules'), { recursive: true, force: true });
  run(name, again, user, env);
  const said = runner
    ? run(name, [...runner, 'program.mjs'], user, env)
    : execFileSync(process.execPath, ['program.mjs'], { cwd: user, env, encoding: 'utf8' });
  // The package has no compiled addon: it says so, and what to do.
  if (!/ERR_BACKEND: [^]*no such file[^]*npm run build/.test(said)) {
    throw new Error(`what it says without an addon: '${said}'`);
  }
}

const port = await freePort();
const registry = `http://127.0.0.1:${port}`;
const server = await startRegistry(port);
let failed = 0;
try {
  const userConfig = join(folder, 'npmrc');
  writeFileSync(userConfig, `registry=${registry}\n//127.0.0.1:${port}/:_authToken=none\n`);
  // A home of its own: no cache and no configuration of the user's.
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    NO_PROXY: '127.0.0.1',
    NPM_CONFIG_USERCONFIG: userConfig,
    NPM_CONFIG_REGISTRY: registry,
    YARN_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
  };
  run('npm-11', ['publish', tarball], folder, env);
  for (const name of Object.keys(managers)) {
    const { version } = JSON.parse(readFileSync(join(tools, name, 'package.json'), 'utf8'));
    try {
      check(name, env);
      console.log(`check-install: ${name} ${version} installs it`);
    } catch (error) {
      failed += 1;
      const { stdout = '', stderr = '' } = error;
      console.error(`check-install: ${name} ${version}: ${error.message}\n${stdout}${stderr}`);
    }
  }
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
