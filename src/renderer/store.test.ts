import { DEFAULT_PREFERENCES, emptySnapshot, fail, ok, type Json, type Result } from '#shared';
import { describe, expect, it } from 'vitest';
import { createSetup } from './store.ts';
import { fakeHost } from './testing/fake-bridge.ts';

/** Lets everything happen that waits for nothing but promises: one turn of the event loop. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

async function begin() {
  const host = fakeHost();
  const waits: number[] = [];
  const setup = createSetup({
    bridge: host.bridge,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  });
  const stop = setup.start();
  await settle();
  return { host, setup, stop, waits, snapshot: () => setup.state.getState().snapshot };
}

const progress = (done: number) => ({
  type: 'progress.changed' as const,
  progress: { done, total: 9 },
});

describe('the store', () => {
  it('applies events that follow its snapshot, without asking again', async () => {
    const { host, snapshot } = await begin();
    host.emit(progress(1));
    host.emit(progress(2));
    expect(snapshot()).toMatchObject({ seq: 2, progress: { done: 2 } });
    expect(host.asked()).toBe(1);
  });

  it('asks for a fresh snapshot when an event is missing', async () => {
    const { host, snapshot } = await begin();
    host.lose(progress(1));
    host.emit({ type: 'notice.given', notice: { code: 'session/damaged', message: 'x' } });
    await settle();
    expect(snapshot()).toMatchObject({ seq: 2, progress: { done: 1 } });
    expect(host.asked()).toBe(2);
  });

  it('loses no event that comes while a snapshot is on its way', async () => {
    const { host, snapshot } = await begin();
    host.lose(progress(1));
    const release = host.holdSnapshots();
    host.emit(progress(2));
    host.emit(progress(3));
    host.emit(progress(4));
    release();
    await settle();
    expect(snapshot()).toMatchObject({ seq: 4, progress: { done: 4 } });
    expect(host.asked()).toBe(2);
  });

  it('asks once more when another event was lost meanwhile', async () => {
    const { host, snapshot } = await begin();
    host.lose(progress(1));
    const release = host.holdSnapshots();
    host.emit(progress(2));
    host.lose(progress(3));
    host.emit(progress(4));
    release();
    await settle();
    expect(snapshot()).toMatchObject({ seq: 4, progress: { done: 4 } });
    expect(host.asked()).toBe(3);
  });

  it('leaves out an event that is in its snapshot already', async () => {
    const host = fakeHost();
    const ahead = { ...emptySnapshot('test'), seq: 5 };
    const setup = createSetup({
      bridge: { ...host.bridge, snapshot: () => Promise.resolve(ahead) },
      wait: () => Promise.resolve(),
    });
    setup.start();
    await settle();
    host.emit(progress(8));
    expect(setup.state.getState().snapshot).toEqual(ahead);
  });

  it('asks again, after a pause, when the question fails', async () => {
    const { host, snapshot, waits } = await begin();
    host.failSnapshots(2);
    host.lose(progress(1));
    host.emit(progress(2));
    await settle();
    expect(snapshot()?.seq).toBe(2);
    expect(waits).toEqual([500, 500]);
  });

  it('hears nothing after it was stopped', async () => {
    const { host, stop, snapshot } = await begin();
    stop();
    host.emit(progress(1));
    expect(snapshot()?.seq).toBe(0);
  });
});

describe('preferences', () => {
  const choose = { type: 'preferences.set', preferences: { language: 'de' } } as const;

  async function withOpenCommand() {
    const begun = await begin();
    let answer: (result: Result<Json>) => void = () => undefined;
    begun.host.answerWith(() => new Promise((resolve) => (answer = resolve)));
    const sending = begun.setup.send(choose);
    return { ...begun, sending, answer: (result: Result<Json>) => answer(result) };
  }

  it('are in effect before the host has answered', async () => {
    const { setup, snapshot } = await withOpenCommand();
    expect(setup.state.getState().preferences.language).toBe('de');
    expect(snapshot()?.preferences.language).toBe('en');
  });

  it('go back when the host refuses', async () => {
    const { setup, sending, answer } = await withOpenCommand();
    answer(fail({ code: 'command/not-now', message: 'no' }));
    await sending;
    expect(setup.state.getState().preferences).toEqual(DEFAULT_PREFERENCES);
  });

  it('are the host’s as soon as it has answered', async () => {
    const { host, setup, sending, answer } = await withOpenCommand();
    host.emit({
      type: 'preferences.changed',
      preferences: { ...DEFAULT_PREFERENCES, language: 'de', region: 'DE' },
    });
    answer(ok(null));
    await sending;
    expect(setup.state.getState().preferences).toMatchObject({ language: 'de', region: 'DE' });
  });
});
