import { describe, expect, it } from 'vitest';
import { fail, ok } from '#shared';
import { headless, plugin } from '../flow/flow.test-support.ts';
import { verifyPassword } from '../device/password.ts';
import { SessionRig, testPlan } from './session-rig.test-support.ts';

const form = plugin('form', { after: 'welcomeCompleted' });
const job = headless('job', { after: 'welcomeCompleted', retries: 1, on_failure: 'ask' });

describe('a session', () => {
  it('goes through the core screens to the end, each by its answers', async () => {
    const rig = await new SessionRig().begin();
    for (const name of ['welcome', 'wifi', 'login', 'provision', 'finish']) await rig.answer(name);
    await expect(rig.session.finished).resolves.toBe('completed');
    expect(rig.stage).toEqual({ kind: 'finished', outcome: 'completed' });
    expect(rig.trace.at(-1)).toMatchObject({ type: 'flow.finished', outcome: 'completed' });
  });

  it('numbers its trace from 1 without gaps', async () => {
    const rig = await new SessionRig().begin();
    await rig.answer('welcome');
    expect(rig.trace.map(({ seq }) => seq)).toEqual(rig.trace.map((_, index) => index + 1));
  });

  it('refuses a command that makes no sense now, and says what the screen shows', async () => {
    const rig = await new SessionRig().begin();
    await rig.answer('welcome');
    const result = await rig.send({ type: 'screen.complete', plugin: 'welcome', answers: {} });
    expect(result).toEqual(
      fail({
        code: 'command/not-now',
        message: 'The command screen.complete makes no sense now: the screen shows screen of wifi.',
      }),
    );
  });

  it('keeps a screen up whose answers are refused', async () => {
    const rig = await new SessionRig().begin();
    const result = await rig.send({ type: 'screen.complete', plugin: 'welcome', answers: {} });
    expect(result).toMatchObject({ ok: false, failure: { code: 'command/bad' } });
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'welcome' });
  });

  it('puts language and region into effect when the first screen is answered', async () => {
    const rig = await new SessionRig().begin();
    await rig.answer('welcome');
    expect(rig.hub.snapshot().preferences).toMatchObject({ language: 'de', region: 'DE' });
    expect(rig.session.device()).toMatchObject({ language: 'de', region: 'DE' });
  });

  it('skips the network screen on a working wired link', async () => {
    const rig = new SessionRig();
    rig.network.change({ wired: true });
    await rig.begin();
    await rig.answer('welcome');
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plugin.completed', plugin: 'wifi', outcome: 'skipped' }),
    );
    expect(rig.story()).not.toContain('screen.shown wifi');
  });
});

describe('secrets', () => {
  it('are kept as a hash only: in no event, no snapshot and no journal', async () => {
    const rig = await new SessionRig().begin();
    await rig.answer('welcome');
    await rig.answer('wifi');
    await rig.answer('login');
    const everywhere = JSON.stringify([rig.events, rig.records, rig.hub.snapshot(), rig.trace]);
    expect(everywhere).not.toContain('correct horse');
    const saved = rig.records.flatMap((record) =>
      record.kind === 'answers' && record.plugin === 'login' ? [record.answers] : [],
    );
    const hash = JSON.stringify(saved[0]?.['passwordHash']).slice(1, -1);
    await expect(verifyPassword('correct horse', hash)).resolves.toBe(true);
    expect(rig.hub.snapshot().answers['login']).toEqual({ fullName: 'Ada', userName: 'ada' });
  });

  it('are left out of what was typed, too', async () => {
    const rig = await new SessionRig().begin();
    await rig.answer('welcome');
    await rig.answer('wifi');
    const draft = { fullName: 'Ad', password: 'correct horse' };
    await rig.send({ type: 'draft.save', plugin: 'login', draft });
    expect(rig.hub.snapshot().drafts['login']).toEqual({ fullName: 'Ad' });
    expect(JSON.stringify(rig.records)).not.toContain('correct horse');
  });
});

describe('a plugin', () => {
  it('shows its screen, then does its work with the answers, then is done and stopped', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    expect(rig.stage).toMatchObject({ kind: 'plugin', plugin: 'form' });
    await rig.answer('form', { name: 'Nova' });
    expect(rig.stage).toMatchObject({ kind: 'working', plugin: 'form' });
    const process = rig.host.last('form');
    expect(process.runs.map(({ answers, attempt }) => ({ answers, attempt }))).toEqual([
      { answers: { name: 'Nova' }, attempt: 1 },
    ]);
    process.finish(ok(undefined));
    await rig.settled();
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'wifi' });
    expect(process.stopped).toBe(true);
  });

  it('without a screen of its own shows the working screen when it has the screen', async () => {
    const rig = await new SessionRig().begin(
      testPlan([plugin('screenless', { after: 'welcomeCompleted' })]),
    );
    await rig.answer('welcome');
    expect(rig.stage).toMatchObject({ kind: 'working', plugin: 'screenless' });
    expect(rig.host.last('screenless').runs).toHaveLength(1);
  });

  it('tells how far its work is', async () => {
    const rig = await new SessionRig().begin(testPlan([job]));
    await rig.answer('welcome');
    rig.host.last('job').runs[0]?.onProgress({ percent: 40, message: 'Nearly' });
    expect(rig.hub.snapshot().work['job']).toEqual({ percent: 40, message: 'Nearly' });
  });

  it('is tried again after a wait, with a new process, and then asks', async () => {
    const rig = await new SessionRig().begin(testPlan([job]));
    await rig.answer('welcome');
    const broken = fail({ code: 'plugin/failed', message: 'no disk' } as const);
    rig.host.last('job').finish(broken);
    await rig.settled();
    expect(rig.host.opened.get('job')).toHaveLength(1);
    expect(rig.hub.snapshot().work['job']).toEqual({ attempt: 2 });
    rig.clock.advance();
    await rig.settled();
    expect(rig.clock.now()).toBe(500);
    rig.host.last('job').finish(broken);
    await rig.settled();
    expect(rig.host.opened.get('job')).toHaveLength(2);
    expect(rig.stage).toMatchObject({
      kind: 'failure',
      plugin: 'job',
      code: 'plugin/failed',
      message: 'no disk',
      canSkip: true,
    });
  });

  it('is tried again by the flow by itself, and then by whoever wants it, says the audit trail', async () => {
    const rig = await new SessionRig().begin(testPlan([job]));
    await rig.answer('welcome');
    const broken = fail({ code: 'plugin/failed', message: 'no disk' } as const);
    rig.host.last('job').finish(broken);
    await rig.settled();
    rig.clock.advance();
    await rig.settled();
    rig.host.last('job').finish(broken);
    await rig.settled();
    expect(await rig.send({ type: 'failure.retry', plugin: 'job' })).toEqual(ok(null));
    rig.clock.advance();
    await rig.settled();
    const [execution] = rig.ports.executions?.list() ?? [];
    const audit = rig.ports.executions?.audit(execution?.executionId ?? '') ?? [];
    expect(audit.map(({ action, actor }) => ({ action, ...actor }))).toEqual([
      { action: 'start', who: 'flow' },
      { action: 'resume', who: 'flow' },
      { action: 'resume', who: 'person', from: 'screen' },
    ]);
  });

  it('keeps its screen up when its answers are too large to be handed to it', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    const answers = { text: 'x'.repeat(600_000) };
    const result = await rig.send({ type: 'screen.complete', plugin: 'form', answers });
    expect(result).toEqual(fail({ code: 'command/bad', message: 'Answers may have 512 KiB.' }));
    expect(rig.stage).toMatchObject({ kind: 'plugin', plugin: 'form' });
  });

  it('shows a code of the table whatever kind of failure its work came to', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    await rig.answer('form', {});
    rig.host.last('form').finish(fail({ code: 'shell/read-only', message: 'full' }));
    await rig.settled();
    expect(rig.stage).toMatchObject({ kind: 'failure', code: 'plugin/failed', message: 'full' });
  });

  it('that crashes while its screen is up has failed', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    rig.host.last('form').crash({ code: 'plugin/crashed', message: 'exit 1' });
    await rig.settled();
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plugin.failed', plugin: 'form', reason: 'crashed' }),
    );
    expect(rig.stage).toMatchObject({ kind: 'failure', plugin: 'form' });
  });

  it('that crashes under its work has failed when its work has, and as a crash', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    await rig.answer('form', {});
    const crash = { code: 'plugin/crashed', message: 'exit 1' } as const;
    const plugin = rig.host.last('form');
    plugin.crash(crash);
    await rig.settled();
    expect(rig.stage).toMatchObject({ kind: 'working' });
    plugin.finish(fail({ code: 'plugin/failed', message: 'a step of it' }));
    await rig.settled();
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plugin.failed', plugin: 'form', reason: 'crashed' }),
    );
  });

  it('whose screen never comes up has failed, as the renderer says', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    await rig.send({ type: 'screen.failed', plugin: 'form', message: 'No hello.' });
    expect(rig.stage).toMatchObject({ kind: 'failure', code: 'plugin/screen-failed' });
  });

  it('that works longer than its plan allows is stopped and has failed', async () => {
    const slow = headless('slow', {
      after: 'welcomeCompleted',
      timeout_seconds: 3,
      on_failure: 'ask',
    });
    const rig = await new SessionRig().begin(testPlan([slow]));
    await rig.answer('welcome');
    rig.clock.advance();
    await rig.settled();
    expect(rig.clock.now()).toBe(3000);
    expect(rig.stage).toMatchObject({
      kind: 'failure',
      code: 'plugin/timeout',
      message: 'The plugin slow worked longer than the 3 s that its plan allows.',
    });
  });

  it('fails its first attempts where that was asked for', async () => {
    const rig = new SessionRig({ failures: new Map([['job', 1]]) });
    await rig.begin(testPlan([job]));
    await rig.answer('welcome');
    expect(rig.host.opened.has('job')).toBe(false);
    rig.clock.advance();
    await rig.settled();
    expect(rig.host.opened.get('job')).toHaveLength(1);
  });

  it('is logged with whom to ask, when it fails', async () => {
    const owned = headless('owned', {
      after: 'welcomeCompleted',
      team_name: 'Experience',
      operation_contact_email: 'ops@nova.example',
    });
    const rig = await new SessionRig().begin(testPlan([owned]));
    await rig.answer('welcome');
    rig.host.last('owned').finish(fail({ code: 'plugin/failed', message: 'no disk' }));
    await rig.settled();
    const logged = rig.events.flatMap((it) => (it.type === 'log.written' ? [it.text] : []));
    expect(logged).toEqual(['plugin/failed: no disk (Experience, ops@nova.example)']);
  });

  it('answers its routes while it is up, and is said not to be running afterwards', async () => {
    const rig = await new SessionRig().begin(testPlan([form]));
    await rig.answer('welcome');
    const call = { type: 'plugin.call', plugin: 'form', route: 'suggest' } as const;
    expect(await rig.send(call)).toEqual(ok('form suggest'));
    await rig.answer('form', {});
    rig.host.last('form').finish(ok(undefined));
    await rig.settled();
    expect(await rig.send(call)).toMatchObject({ failure: { code: 'plugin/not-running' } });
  });
});

describe('the updater', () => {
  const newer = testPlan([plugin('extra', { after: 'wifiCompleted' })], { digest: 'newer' });

  it('asks at the first connectivity, and what it brings is in force at once', async () => {
    const rig = new SessionRig({
      updater: { update: () => Promise.resolve(ok({ kind: 'updated', loaded: newer })) },
    });
    await rig.begin();
    await rig.answer('welcome');
    expect(rig.story().filter((line) => line === 'plan.activated')).toHaveLength(1);
    await rig.send({ type: 'network.connect', ssid: 'Home' });
    expect(rig.hub.snapshot().plan?.digest).toBe('newer');
    await rig.answer('wifi', { ssid: 'Home' });
    expect(rig.stage).toMatchObject({ kind: 'plugin', plugin: 'extra' });
  });

  it('that fails leaves the plan in force, with the reason in the trace', async () => {
    const failure = { code: 'update/denied', message: 'No access.' } as const;
    const rig = new SessionRig({ updater: { update: () => Promise.resolve(fail(failure)) } });
    await rig.begin();
    rig.network.change({ connected: 'Home' });
    await rig.settled();
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plan.update_failed', reason: 'denied' }),
    );
    expect(rig.hub.snapshot().plan?.digest).toBe('base');
  });

  it('is not asked without a network: the screen ends with the reason', async () => {
    const rig = new SessionRig({
      updater: { update: () => Promise.reject(new Error('must not be asked')) },
    });
    await rig.begin();
    await rig.answer('welcome');
    await rig.answer('wifi');
    expect(rig.trace).toContainEqual(
      expect.objectContaining({ type: 'plan.update_failed', reason: 'unreachable' }),
    );
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'login' });
  });

  it('holds its screen up until it is done, and a person may go on without waiting', async () => {
    const rig = new SessionRig({
      updater: {
        update: ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              resolve(fail({ code: 'plugin/cancelled', message: 'Skipped.' }));
            });
          }),
      },
    });
    await rig.begin();
    await rig.answer('welcome');
    await rig.send({ type: 'network.connect', ssid: 'Home' });
    await rig.answer('wifi', { ssid: 'Home' });
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'update' });
    await rig.send({ type: 'update.skip' });
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'login' });
  });
});
