import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';

/**
 * The mode stands in this package's own package.json, so that a test copies the folder, writes the
 * mode and needs nothing else. `fail-times:2` and the like carry a number.
 */
const { misbehave } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const [mode, count] = misbehave.split(':');

/** Keeps the event loop busy for good: no message is read, no signal handler runs. */
function hang() {
  for (;;);
}

/** Writes as fast as the pipe takes it, until it is killed. */
function flood() {
  const text = 'all work and no play makes a dull plugin\n'.repeat(1000);
  for (;;) writeSync(1, text);
}

/** One message that has no end. */
function endlessMessage() {
  for (;;) {
    try {
      writeSync(3, 'x'.repeat(65_536));
    } catch {
      // The pipe is full just now.
    }
  }
}

/** @param {import('../../src/sdk/index.ts').PluginContext} ctx */
async function failTimes(ctx) {
  const failures = Number((await ctx.storage.get('failures')) ?? 0);
  if (failures >= Number(count)) return;
  await ctx.storage.set('failures', failures + 1);
  throw new Error(`failure ${failures + 1} of ${count}`);
}

/** @type {import('../../src/sdk/index.ts').PluginDefinition} */
export default {
  async initialize(ctx) {
    if (mode === 'crash-on-start') process.exit(7);
    if (mode === 'throw-on-start') throw new Error('no start today');
    if (mode === 'hang-on-start') hang();
    if (mode === 'never-ready') await new Promise(() => setInterval(() => ctx.log.debug('.'), 1e6));
    if (mode === 'ignore-stop') process.on('SIGTERM', () => ctx.log.warn('SIGTERM? No.'));
    if (mode === 'leave-children') {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', count], {
        stdio: 'ignore',
      });
      await once(child, 'spawn');
    }
  },

  async run(ctx) {
    ctx.progress(10, 'about to misbehave');
    if (mode === 'throw-in-run') throw new Error('no work today');
    if (mode === 'crash-in-run') setTimeout(() => null.nothing, 0);
    if (mode === 'exit-in-run') process.exit(0);
    if (mode === 'hang-in-run') hang();
    if (mode === 'endless-output') flood();
    if (mode === 'garbage') writeSync(3, 'this is no message\n');
    if (mode === 'endless-message') endlessMessage();
    if (mode === 'endless-log') for (let i = 0; i < 1e5; i += 1) ctx.log.info(`line ${i}`);
    if (mode === 'fail-times') await failTimes(ctx);
    // Work that listens: it ends when it is cancelled.
    if (mode === 'wait' || mode === 'crash-in-run' || mode === 'garbage') {
      await new Promise((_, reject) => {
        const timer = setInterval(() => undefined, 1e6);
        ctx.signal.addEventListener('abort', () => {
          clearInterval(timer);
          reject(new Error('called off'));
        });
      });
    }
  },

  routes: {
    echo: (body) => body,
    throws: () => {
      throw new TypeError('this route always throws');
    },
    'bad-answer': () => ({ sizes: [1, Number.NaN] }),
    'huge-answer': () => 'x'.repeat(2 * 1024 * 1024),
    nothing: () => undefined,
    hang,
    exit: () => process.exit(3),
    environment: () => ({ ...process.env }),
  },

  async shutdown() {
    if (mode === 'ignore-stop') await new Promise(() => setInterval(() => undefined, 1e6));
  },
};
