import { describe, expect, it } from 'vitest';
import { createFetcher } from './fetcher.ts';
import type { FetchRequest, FetchSink } from './fetcher-port.ts';
import {
  idleClock,
  passing,
  scriptedSource,
  type Step,
} from './testing/scripted-source.test-support.ts';

const OBJECT = Buffer.from('one object, whole');
const TAG = '"1"';
const WHERE = 'https://h.example/a.tgz';
const ALMOST_ONE = 1 - Number.EPSILON;

/** One fetch with everything that it touches. */
function rig(...steps: readonly Step[]) {
  const source = scriptedSource(...steps);
  const { clock, run } = idleClock();
  const begun: Parameters<FetchSink['begin']>[0][] = [];
  const progress: (readonly [number, number | undefined])[] = [];
  const control = new AbortController();
  let bytes = Buffer.alloc(0);
  const sink: FetchSink = {
    begin: (answer) => {
      begun.push(answer);
      bytes = Buffer.alloc(0);
      return Promise.resolve();
    },
    write: (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      return Promise.resolve();
    },
  };
  const fetcher = createFetcher({
    sources: { https: source },
    limits: { connectMs: 5_000, stallMs: 10_000, totalMs: 900_000, retries: 4 },
    clock,
    random: () => ALMOST_ONE,
  });
  const request: FetchRequest = {
    place: { kind: 'https', url: WHERE },
    maxBytes: 100,
    signal: control.signal,
    sink,
    onProgress: (done, total) => progress.push([done, total]),
  };
  return {
    source,
    clock,
    control,
    begun,
    progress,
    sink,
    text: () => bytes.toString(),
    fetch: (changes: Partial<FetchRequest> = {}) => run(fetcher.fetch({ ...request, ...changes })),
  };
}

const whole = { bytes: OBJECT, tag: TAG };
const half = { ...whole, after: 8, how: 'cut' } as const;

describe('a fetch', () => {
  it('passes the object on and says what it was', async () => {
    const { fetch, text, begun } = rig({ ...whole, chunk: 5 });
    expect(await fetch()).toEqual({ ok: true, value: { kind: 'fetched', bytes: 17, tag: TAG } });
    expect(text()).toBe('one object, whole');
    expect(begun).toEqual([{ total: 17, tag: TAG }]);
  });

  it('tells how many bytes are there, and of how many', async () => {
    const { fetch, progress } = rig({ ...half, chunk: 5 }, whole);
    await fetch();
    expect(progress).toEqual([0, 5, 8, 8, 17].map((done) => [done, 17]));
  });

  it('leaves the sink alone when nothing has changed', async () => {
    const { fetch, source, begun } = rig('unchanged');
    expect(await fetch({ unlessTag: TAG })).toEqual({ ok: true, value: { kind: 'unchanged' } });
    expect(source.requests[0]).toMatchObject({ unlessTag: TAG });
    expect(begun).toEqual([]);
  });

  it('takes an object of any size up to the limit where none is announced', async () => {
    const { fetch } = rig({ bytes: OBJECT, announces: 'nothing' });
    expect(await fetch({ maxBytes: 17 })).toMatchObject({ value: { bytes: 17 } });
  });

  it('fails for a kind of place that there is no source for', async () => {
    const place = { kind: 's3', bucket: 'plans', key: 'a.tgz' } as const;
    expect(await rig(whole).fetch({ place })).toEqual({
      ok: false,
      failure: {
        code: 'update/unsupported-source',
        message: 's3://plans/a.tgz is a kind of place that this device has no source for.',
      },
    });
  });
});

describe('limits of size', () => {
  const tooLarge = {
    ok: false,
    failure: { code: 'update/too-large', message: `${WHERE} is over the limit of 16 bytes.` },
  };

  it('holds before anything is taken', async () => {
    const { fetch, source, begun } = rig(whole);
    expect(await fetch({ maxBytes: 16 })).toEqual(tooLarge);
    expect(begun).toEqual([]);
    expect([source.requests.length, source.openBodies]).toEqual([1, 0]);
  });

  it('holds while bytes come that were not announced', async () => {
    const { fetch, source, text } = rig({ ...whole, announces: 'nothing', chunk: 5 });
    expect(await fetch({ maxBytes: 16 })).toEqual(tooLarge);
    expect(text()).toBe('one object, who');
    expect([source.requests.length, source.openBodies]).toEqual([1, 0]);
  });

  it('refuses more than was announced, and does not ask again', async () => {
    const { fetch, source } = rig({ ...whole, announces: 16, chunk: 5 });
    expect(await fetch()).toEqual({
      ok: false,
      failure: {
        code: 'update/invalid',
        message: `${WHERE} goes on after the 16 bytes that it announced.`,
      },
    });
    expect(source.requests).toHaveLength(1);
  });

  it('refuses less than was announced, if it stays so', async () => {
    const { fetch, source } = rig({ bytes: OBJECT, announces: 18 });
    expect(await fetch()).toEqual({
      ok: false,
      failure: {
        code: 'update/invalid',
        message: `${WHERE} ended after 17 of the 18 bytes that it announced.`,
      },
    });
    expect(source.requests).toHaveLength(5);
  });
});

describe('limits of time', () => {
  it('gives up on an answer that does not begin', async () => {
    const { fetch, source, clock } = rig('hangs');
    expect(await fetch()).toEqual({
      ok: false,
      failure: { code: 'update/timeout', message: `${WHERE} has not answered within 5 seconds.` },
    });
    expect(source.requests.map(({ signal }) => signal.aborted)).toEqual(Array(5).fill(true));
    expect(clock.advance()).toBe(false);
  });

  it('gives up on a body that stops', async () => {
    const { fetch, source } = rig({ ...whole, after: 8, how: 'hangs' });
    expect(await fetch()).toEqual({
      ok: false,
      failure: {
        code: 'update/timeout',
        message: `Nothing has come from ${WHERE} for 10 seconds.`,
      },
    });
    expect(source.openBodies).toBe(0);
  });

  it('does not count what the sink takes as silence', async () => {
    const { fetch, sink, clock } = rig({ ...whole, chunk: 5 });
    const write = () => new Promise<void>((resolve) => void clock.after(60_000, resolve));
    expect(await fetch({ sink: { ...sink, write } })).toMatchObject({ ok: true });
    expect(clock.now()).toBe(240_000);
  });

  it('ends in any case when the time for all of it is over', async () => {
    const { fetch, sink, clock } = rig({ ...whole, chunk: 1 });
    const write = () => new Promise<void>((resolve) => void clock.after(60_000, resolve));
    expect(await fetch({ sink: { ...sink, write } })).toEqual({
      ok: false,
      failure: { code: 'update/timeout', message: `${WHERE} has not come within 900 seconds.` },
    });
    expect(clock.now()).toBe(900_000);
  });
});

describe('another attempt', () => {
  it('is made after what may pass, so often and no more', async () => {
    const { fetch, source } = rig(passing('down'));
    expect(await fetch()).toEqual({ ok: false, failure: passing('down').failure });
    expect(source.requests).toHaveLength(5);
  });

  it('waits twice as long as the one before, at random', async () => {
    const { fetch, clock } = rig(passing('down'));
    await fetch();
    expect(clock.now()).toBe(199 + 399 + 799 + 1_599);
  });

  it('is not made after what will not pass', async () => {
    const failure = { code: 'update/denied', message: 'no' } as const;
    const { fetch, source } = rig({ ok: false, failure, mayPass: false });
    expect(await fetch()).toEqual({ ok: false, failure });
    expect(source.requests).toHaveLength(1);
  });

  it('goes on where the body broke off', async () => {
    const { fetch, source, text, begun } = rig(half, whole);
    expect(await fetch()).toMatchObject({ ok: true, value: { bytes: 17 } });
    expect(source.requests[1]?.from).toEqual({ bytes: 8, tag: TAG });
    expect(text()).toBe('one object, whole');
    expect(begun).toHaveLength(1);
  });

  it.each([
    ['a weak tag', { tag: 'W/"1"' }],
    ['no tag', {}],
  ])('begins anew with %s, which promises nothing', async (_what, { tag }: { tag?: string }) => {
    const { tag: _tag, ...untagged } = half;
    const step = tag === undefined ? untagged : { ...untagged, tag };
    const { fetch, source, text, begun } = rig(step, whole);
    await fetch();
    expect(source.requests[1]?.from).toBeUndefined();
    expect(text()).toBe('one object, whole');
    expect(begun).toHaveLength(2);
  });

  it('begins anew when the object is another by now', async () => {
    const { fetch, text, begun } = rig(half, { bytes: Buffer.from('a newer object'), tag: '"2"' });
    expect(await fetch()).toMatchObject({ value: { bytes: 14, tag: '"2"' } });
    expect(text()).toBe('a newer object');
    expect(begun).toEqual([
      { total: 17, tag: TAG },
      { total: 14, tag: '"2"' },
    ]);
  });

  it.each<[string, Step]>([
    ['of another object', { bytes: OBJECT, tag: '"2"', offset: 8 }],
    ['of an object of another size', { bytes: OBJECT, tag: TAG, announces: 18, offset: 8 }],
    ['that was not asked for', { ...whole, offset: 9 }],
  ])('takes no part %s, and begins anew', async (_what, part) => {
    const { fetch, source, text } = rig(half, part, whole);
    expect(await fetch()).toMatchObject({ ok: true });
    expect(source.requests.map(({ from }) => from?.bytes)).toEqual([undefined, 8, undefined]);
    expect(text()).toBe('one object, whole');
  });

  it('does not ask whether anything has changed once the sink holds a part', async () => {
    const { fetch, source } = rig(passing('down'), { ...half, after: 0 }, whole);
    await fetch({ unlessTag: '"0"' });
    expect(source.requests.map(({ unlessTag }) => unlessTag)).toEqual(['"0"', '"0"', undefined]);
  });
});

describe('what the sink holds from before', () => {
  it('is not fetched again', async () => {
    const { fetch, source, sink, text, begun, progress } = rig(whole);
    const held = { bytes: 12, tag: TAG };
    expect(await fetch({ sink: { ...sink, held } })).toMatchObject({ value: { bytes: 17 } });
    expect(source.requests[0]?.from).toEqual(held);
    expect([text(), begun.length]).toEqual(['whole', 0]);
    expect(progress).toEqual([
      [12, 17],
      [17, 17],
    ]);
  });

  it.each([
    ['is over the limit of size', { bytes: 101, tag: TAG }],
    ['has a weak tag', { bytes: 12, tag: 'W/"1"' }],
  ])('is of no use if it %s', async (_what, held) => {
    const { fetch, source, sink, text } = rig(whole);
    await fetch({ sink: { ...sink, held } });
    expect(source.requests[0]?.from).toBeUndefined();
    expect(text()).toBe('one object, whole');
  });
});

describe('an end from outside', () => {
  it('comes at once while an answer is waited for', async () => {
    const { fetch, source, clock, control } = rig('hangs');
    clock.after(1_000, () => control.abort());
    expect((await fetch()).ok).toBe(false);
    expect([clock.now(), source.requests.length]).toEqual([1_000, 1]);
    expect(source.requests[0]?.signal.aborted).toBe(true);
  });

  it('comes at once amid a body, which is closed', async () => {
    const { fetch, source, clock, control } = rig({ ...whole, after: 8, how: 'hangs' });
    clock.after(1_000, () => control.abort());
    expect((await fetch()).ok).toBe(false);
    expect([clock.now(), source.requests.length, source.openBodies]).toEqual([1_000, 1, 0]);
    expect(clock.advance()).toBe(false);
  });

  it('comes at once between attempts', async () => {
    const { fetch, source, clock, control } = rig(passing('down'));
    clock.after(100, () => control.abort());
    expect((await fetch()).ok).toBe(false);
    expect([clock.now(), source.requests.length]).toEqual([100, 1]);
  });

  it('may have come before the beginning: then nothing is asked', async () => {
    const { fetch, source, control } = rig(whole);
    control.abort();
    expect((await fetch()).ok).toBe(false);
    expect(source.requests).toEqual([]);
  });
});

describe('exceptions', () => {
  it('of the sink pass through, and the body is closed', async () => {
    const { fetch, source, sink, clock } = rig({ ...whole, chunk: 5 });
    const write = () => Promise.reject(new Error('the disk is full'));
    await expect(fetch({ sink: { ...sink, write } })).rejects.toThrow('the disk is full');
    expect([source.requests.length, source.openBodies]).toEqual([1, 0]);
    expect(clock.advance()).toBe(false);
  });

  it('of a source are bugs and pass through', async () => {
    await expect(rig(new TypeError('a bug')).fetch()).rejects.toThrow('a bug');
  });
});
