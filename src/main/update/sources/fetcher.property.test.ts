import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fetchBytes } from './fetch-bytes.ts';
import { createFetcher } from './fetcher.ts';
import {
  idleClock,
  passing,
  scriptedSource,
  type Step,
} from './testing/scripted-source.test-support.ts';

const MAX_BYTES = 64;
const RETRIES = 4;

const tag = fc.constantFrom(undefined, '"1"', '"2"', 'W/"1"');
/** An object does not change under a strong tag: that is what the tag promises. */
const bytesOf = (name: string | undefined, length: number) =>
  Buffer.alloc(length, name === '"1"' ? 'ab' : name === '"2"' ? 'cde' : 'f');

const object = fc
  .record({
    tag,
    // Strong tags stand for one size, too.
    free: fc.nat({ max: MAX_BYTES }),
    chunk: fc.integer({ min: 1, max: MAX_BYTES }),
    isSilent: fc.boolean(),
  })
  .map(({ tag: name, free, chunk, isSilent }) => {
    const length = name === '"1"' ? 40 : name === '"2"' ? 50 : free;
    return {
      bytes: bytesOf(name, length),
      chunk,
      ...(name === undefined ? {} : { tag: name }),
      ...(isSilent ? { announces: 'nothing' as const } : {}),
    };
  });

const fault: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>('hangs'),
  fc.constant<Step>(passing('down')),
  fc
    .tuple(object, fc.nat({ max: MAX_BYTES }), fc.constantFrom('cut', 'hangs'))
    .map(([whole, after, how]) => ({ ...whole, after: Math.min(after, whole.bytes.length), how })),
);

function fetchScripted(steps: readonly Step[], maxBytes: number, random: number) {
  const source = scriptedSource(...steps);
  const { clock, run } = idleClock();
  const fetcher = createFetcher({
    sources: { https: source },
    limits: { connectMs: 5_000, stallMs: 10_000, totalMs: 900_000, retries: RETRIES },
    clock,
    random: () => random,
  });
  const seen: number[] = [];
  const fetching = fetchBytes(fetcher, {
    place: { kind: 'https', url: 'https://h.example/a.tgz' },
    maxBytes,
    signal: new AbortController().signal,
    onProgress: (done) => seen.push(done),
  });
  return run(fetching).then((fetched) => ({ fetched, seen, source, clock }));
}

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('ends with exactly the bytes of the object, whatever passes within the retries', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: RETRIES }),
      object,
      random,
      async (faults, last, chance) => {
        const { fetched, source, clock } = await fetchScripted(
          [...faults, last],
          MAX_BYTES,
          chance,
        );
        expect(fetched).toMatchObject({ ok: true, value: { kind: 'fetched', bytes: last.bytes } });
        expect([source.openBodies, clock.advance()]).toEqual([0, false]);
      },
    ),
  );
});

it('never passes on more than the limit of size, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fault, object), { minLength: 1, maxLength: RETRIES + 1 }),
      fc.nat({ max: MAX_BYTES }),
      random,
      async (steps, maxBytes, chance) => {
        const { fetched, seen, source } = await fetchScripted(steps, maxBytes, chance);
        expect(Math.max(0, ...seen)).toBeLessThanOrEqual(maxBytes);
        expect(fetched.ok || fetched.failure.code).toSatisfy((code: unknown) =>
          [true, 'update/too-large', 'update/timeout', 'update/unreachable'].includes(
            code as never,
          ),
        );
        expect(source.openBodies).toBe(0);
      },
    ),
  );
});
