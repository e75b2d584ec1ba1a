import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ok, type JsonObject } from '#shared';
import { gate, startApiRig } from '../src/main/api/testing/api-rig.test-support.ts';
import { exchangeProblems } from '../src/main/api/testing/openapi-check.test-support.ts';
import { OPERATIONS } from '../src/main/api/openapi/operations.ts';
import { directoryOf, fakePlugin } from '../src/main/web/web-server.test-support.ts';
import { examplesIn } from './lib/control-api.ts';

const document = await readFile(
  fileURLToPath(new URL('../docs/control-api.md', import.meta.url)),
  'utf8',
);
const [, setup = ''] = /```sh setup\n([^]*?)\n```/.exec(document) ?? [];

type Rig = Awaited<ReturnType<typeof startApiRig>>;

/** What an example finds on the device. */
interface Scene {
  readonly id?: string;
  readonly question?: string;
}

/** Begins "extract", which goes as a test wants it to. */
async function extracting(rig: Rig, how: 'running' | 'ended' | 'failed'): Promise<Scene> {
  const entered = gate();
  const id = await rig.begin({
    download: {},
    extract: {
      run: async () => {
        entered.open();
        if (how === 'running') await new Promise(() => undefined);
        if (how === 'failed') throw new Error('no luck');
      },
    },
  });
  await (how === 'running' ? entered.passed : rig.engine.whenEnded(id));
  return { id };
}

async function asking(rig: Rig): Promise<Scene> {
  const id = await rig.begin({
    extract: {
      run: async ({ askPerson }) => {
        const actions = [
          { id: 'replace', label: 'Replace' },
          { id: 'keep', label: 'Keep' },
        ];
        const text = 'The file is there already. Replace it?';
        await askPerson({ class: 'overwrite', text, actions, default: 'keep' });
      },
    },
  });
  const seen = await rig.events(`/api/executions/${id}/events`, (events) =>
    events.some(({ event }) => event === 'Question'),
  );
  const asked = seen.find(({ event }) => event === 'Question')?.data as {
    readonly question: { readonly id: string };
  };
  return { id, question: asked.question.id };
}

const SCENES: Readonly<Record<string, (rig: Rig) => Promise<Scene>>> = {
  getExecution: (rig) => extracting(rig, 'ended'),
  getStatus: (rig) => extracting(rig, 'ended'),
  pauseExecution: (rig) => extracting(rig, 'running'),
  resumeExecution: (rig) => extracting(rig, 'ended'),
  stopExecution: (rig) => extracting(rig, 'running'),
  runStep: (rig) => extracting(rig, 'failed'),
  skipStep: (rig) => extracting(rig, 'failed'),
  retryStep: (rig) => extracting(rig, 'failed'),
  answerQuestion: asking,
  streamEvents: (rig) => extracting(rig, 'ended'),
  getLogs: (rig) => extracting(rig, 'ended'),
  getAudit: (rig) => extracting(rig, 'ended'),
};

/** A rig on the home that the document names, below a folder that is the user's own in the example. */
async function startOnUserHome() {
  const user = await mkdtemp(join(tmpdir(), 'firstlight-docs-'));
  onTestFinished(() => rm(user, { recursive: true, force: true }));
  const home = join(user, '.local/state/firstlight');
  await mkdir(home, { recursive: true });
  // What an answer is, after its body.
  await writeFile(join(user, '.curlrc'), 'write-out = "\\n%{http_code} %{content_type}"\n');
  const plugins = ['inventory', 'settings'].map((route) =>
    fakePlugin({ route, call: (_route, body) => Promise.resolve(ok(body)) }),
  );
  const rig = await startApiRig({
    home,
    plugins: directoryOf(plugins),
    plan: () => ({ plugins: [] }),
  });
  return { rig, user };
}

/** Runs a script of the shell; an endless one is ended when it has written something. */
async function shell(script: string, env: Record<string, string>, isEndless: boolean) {
  const { PATH = '' } = process.env;
  const child = spawn('sh', ['-eu', '-c', script], { env: { PATH, ...env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (isEndless) child.kill();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await new Promise((resolve) => child.on('close', resolve));
  return { out, err };
}

/** The JSON documents that it shows. */
const shown = [...document.matchAll(/```json\n([^]*?)\n```/g)].map(
  ([, text = '']) => JSON.parse(text) as JsonObject,
);

describe('a document that docs/control-api.md shows', () => {
  it('starts a batch', async () => {
    const batch = shown.find((each) => 'batch' in each);
    const { post } = await startApiRig();
    // Programs that are there on every machine, and reach nobody.
    const body = JSON.stringify(batch).replaceAll(/"cmd":\[.*?\]/g, '"cmd":["true"]');
    const answer = await post('/api/executions', JSON.parse(body) as JsonObject);
    expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('executionId')]);
  });

  it('is the problem of a control that makes no sense', async () => {
    const rig = await startApiRig();
    const { id = '' } = await extracting(rig, 'ended');
    const answer = await rig.post(`/api/executions/${id}/pause`, {});
    expect(answer.json()).toEqual(shown.find(({ status }) => status === 409));
  });
});

describe('an example of docs/control-api.md', () => {
  const examples = examplesIn(document);

  beforeAll(async () => {
    const { out } = await shell('command -v curl || true', {}, false);
    if (out === '') throw new Error('These tests need curl, which is not installed.');
  });

  it('is there for every operation', () => {
    expect(examples).toHaveLength(OPERATIONS.length);
  });

  it.each(OPERATIONS.map((operation, at) => [operation, examples[at]] as const))(
    'does what it is to do: $0.id',
    async (operation, example) => {
      const { id: operationId, ok: answer } = operation;
      const { rig, user } = await startOnUserHome();
      const { id = '', question = '' } = (await SCENES[operationId]?.(rig)) ?? {};
      const isEndless = operationId === 'streamFlow';
      // An endless one is replaced by its curl, so that ending it ends all of it.
      const command = isEndless ? `exec ${example?.command ?? ''}` : (example?.command ?? '');
      const { out, err } = await shell(
        `${setup}\n${command}`,
        { HOME: user, id, question },
        isEndless,
      );
      expect(err).toBe('');
      if (isEndless) {
        expect(out).toContain('event: snapshot\n');
        return;
      }
      const end = out.lastIndexOf('\n');
      const [status, ...type] = out.slice(end + 1).split(' ');
      expect(out.slice(end + 1)).toMatch(new RegExp(`^${answer.status} `));
      const path = operation.path
        .replace('{id}', id)
        .replace('{step}', 'extract')
        .replace('{questionId}', question)
        .replace('{route}', 'inventory')
        .replace('{path}', 'facts');
      const problems = exchangeProblems({
        method: operation.method,
        path,
        body: /--json '(.*)'/.exec(command)?.[1],
        status: Number(status),
        type: type.join(' '),
        text: out.slice(0, end),
      });
      expect(problems).toEqual([]);
    },
  );
});
