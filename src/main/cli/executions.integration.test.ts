import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressFile } from '../api/address-file.ts';
import { gate, startApiRig } from '../api/testing/api-rig.test-support.ts';
import { openHome } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { runCli } from './testing/run-cli.test-support.ts';

type Rig = Awaited<ReturnType<typeof startApiRig>>;

/** `firstlight executions` on the home of a rig. */
const executions = ({ home }: { readonly home: string }, ...args: readonly string[]) =>
  runCli(home, ['executions', ...args, '--home', home]);

const noneIn = (home: string) => `There are no executions in ${home}.
  Hint: Name another home with --home. That of npm start is .firstlight, beside package.json.
`;

/** An execution that has failed in "extract", which succeeds when it is tried again. */
async function failed(rig: Rig): Promise<string> {
  let tries = 0;
  const id = await rig.begin({
    download: {},
    extract: {
      // eslint-disable-next-line @typescript-eslint/require-await
      async *run() {
        tries += 1;
        yield { type: 'output', stream: 'stdout', text: `try ${tries}\n` };
        if (tries === 1) throw new Error('no luck');
      },
    },
    link: {},
  });
  await rig.engine.whenEnded(id);
  return id;
}

/** The same without a running app: what it has written. */
async function afterItsEnd(): Promise<{ readonly rig: Rig; readonly id: string }> {
  const rig = await startApiRig();
  const id = await failed(rig);
  await rig.api.close();
  await rig.engine.dispose();
  return { rig, id };
}

describe('firstlight executions, while the app runs', () => {
  it('lists them, with as much of their ids as is needed', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const { code, out, err } = await executions(rig, 'list');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [title = '', line = '', ...more] = out.split('\n');
    expect(title).toMatch(/^id +type +name +state +done +message$/);
    expect(line).toMatch(new RegExp(`^${id.slice(0, 8)} +plugin +test +failed +\\d+ %`));
    expect(more).toEqual(['']);
  });

  it('says so where there are none', async () => {
    const rig = await startApiRig();
    expect(await executions(rig, 'list')).toMatchObject({ code: 0, out: noneIn(rig.home) });
  });

  it('shows one by the beginning of its id', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const { code, out } = await executions(rig, 'show', id.slice(0, 6));
    expect(code).toBe(0);
    expect(out).toContain(`  id       ${id}\n`);
    expect(out).toContain('  error    extract: no luck\n');
    expect(out).toMatch(/^download +completed +\d+\.\d s +1/m);
    expect(out).toMatch(/^extract +failed +\d+\.\d s +1 +no luck$/m);
  });

  it('gives tools the documents of the control API', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const list = await executions(rig, 'list', '--json');
    expect(JSON.parse(list.out)).toMatchObject([{ executionId: id, status: 'failed' }]);
    const shown = await executions(rig, 'show', id, '--json');
    expect(JSON.parse(shown.out)).toEqual(rig.engine.get(id));
  });

  it('prints what the steps wrote', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    expect((await executions(rig, 'logs', id)).out).toContain('try 1\n');
  });

  it('retries a step, and is audited as the command line', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const { code, out } = await executions(rig, 'retry', id, 'extract');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${id} is (running|completed), \\d+ % done`));
    expect((await rig.engine.whenEnded(id)).status).toBe('completed');
    expect(rig.engine.audit(id)?.at(-1)).toMatchObject({
      action: 'retry',
      step: 'extract',
      actor: { who: 'cli', from: '127.0.0.1' },
    });
  });

  it('skips a step', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    expect((await executions(rig, 'skip', id, 'extract')).code).toBe(0);
    expect((await rig.engine.whenEnded(id)).steps[1]).toMatchObject({ status: 'skipped' });
  });

  it('pauses, resumes and stops', async () => {
    const rig = await startApiRig();
    const first = gate();
    const entered = gate();
    const id = await rig.begin({
      first: {
        run: () => {
          entered.open();
          return first.passed;
        },
      },
      second: { run: () => new Promise(() => undefined) },
    });
    await entered.passed;
    const paused = await executions(rig, 'pause', id, '--json');
    expect(JSON.parse(paused.out)).toMatchObject({ executionId: id, status: 'paused' });
    first.open();
    expect((await executions(rig, 'resume', id)).code).toBe(0);
    expect((await executions(rig, 'stop', id)).code).toBe(0);
    expect((await rig.engine.whenEnded(id)).status).toBe('cancelled');
  });

  it('says that what still has to be called off is being stopped', async () => {
    const rig = await startApiRig();
    const entered = gate();
    const calledOff = gate();
    const id = await rig.begin({
      first: {
        run: () => {
          entered.open();
          return calledOff.passed;
        },
      },
    });
    await entered.passed;
    const { code, out } = await executions(rig, 'stop', id);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${id} is being stopped, 0 % done`));
    calledOff.open();
    expect((await rig.engine.whenEnded(id)).status).toBe('cancelled');
  });

  it('restarts from a step', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    expect((await executions(rig, 'resume', id, '--from', 'download')).code).toBe(0);
    expect((await rig.engine.whenEnded(id)).status).toBe('completed');
    expect(rig.engine.audit(id)?.at(-1)).toMatchObject({ action: 'resume', step: 'download' });
  });

  it('says why a control makes no sense, with the state', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const { code, out, err } = await executions(rig, 'pause', id);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^execution\/not-now: .*failed/);
  });

  it('wants an id that stands for one execution', async () => {
    const rig = await startApiRig();
    const id = await failed(rig);
    const wrong = await executions(rig, 'show', 'zzz');
    expect(wrong).toEqual({
      code: 1,
      out: '',
      err: 'execution/not-found: There is no execution whose id begins with "zzz".\n',
    });
    expect((await executions(rig, 'stop', 'zzz')).code).toBe(1);
    expect((await executions(rig, 'skip', id, 'nothing')).err).toMatch(/^execution\/not-found: /);
  });
});

describe('firstlight executions, without an app', () => {
  it('lists, shows and prints what was written', async () => {
    const { rig, id } = await afterItsEnd();
    expect((await executions(rig, 'list')).out).toContain(id.slice(0, 8));
    expect((await executions(rig, 'show', id)).out).toContain('  error    extract: no luck\n');
    expect((await executions(rig, 'logs', id)).out).toContain('try 1\n');
    const shown = await executions(rig, 'show', id, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ executionId: id, status: 'failed' });
  });

  it('does the same where a killed app has left its address', async () => {
    const { rig, id } = await afterItsEnd();
    const address = { url: 'http://127.0.0.1:9', token: 'x'.repeat(43), pid: 1 };
    await writeFile(addressFile(rig.home), JSON.stringify(address));
    expect((await executions(rig, 'show', id)).code).toBe(0);
    expect((await executions(rig, 'retry', id, 'extract')).err).toMatch(/^execution\/no-app: /);
  });

  it('says so where one runs that cannot be asked', async () => {
    const { rig, id } = await afterItsEnd();
    const running = await openHome(nodeFiles, rig.home);
    if (!running.ok) throw new Error(running.failure.message);
    onTestFinished(running.value.release);
    const { code, out, err } = await executions(rig, 'list');
    expect(code).toBe(0);
    expect(out).toContain(id.slice(0, 8));
    expect(err).toMatch(/^The app that runs here has its control API off: /);
  });

  it('controls nothing', async () => {
    const { rig, id } = await afterItsEnd();
    expect(await executions(rig, 'retry', id, 'extract')).toEqual({
      code: 1,
      out: '',
      err: `execution/no-app: No Firstlight with a control API runs on ${rig.home}.
  Hint: Start it with [api] enabled = true in the device configuration, or name its home with --home.
`,
    });
  });

  it('has nothing to list on a home that was never used', async () => {
    const home = await mkdtemp(join(tmpdir(), 'firstlight-cli-home-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    expect(await executions({ home }, 'list')).toMatchObject({ code: 0, out: noneIn(home) });
  });

  it.each([
    [['show'], /missing required argument 'id'/],
    [['skip', 'x'], /missing required argument 'step'/],
    [['fly', 'x'], /unknown command 'fly'/],
  ])('is used wrongly by %j', async (args, message) => {
    const { code, err } = await runCli(tmpdir(), ['executions', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
