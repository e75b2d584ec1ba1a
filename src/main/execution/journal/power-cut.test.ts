import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalFiles } from './journal-files.ts';
import { hookedJournalFiles, systemError } from './testing/hooked-journal-files.test-support.ts';
import { unsyncedJournalFiles } from './testing/unsynced-journal-files.test-support.ts';
import {
  entry,
  found,
  setAside,
  writeJournal,
  type Write,
} from './testing/written-journal.test-support.ts';

/** Thrown at the cut; no system error, so the journal cannot handle it. */
class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** Records of three executions, some in one write, with snapshots between. */
const anyWrites = fc
  .array(fc.oneof({ weight: 4, arbitrary: anyNames() }, fc.constant('snapshot' as const)), {
    minLength: 1,
    maxLength: 12,
  })
  .map(numbered);

function anyNames(): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });
}

function numbered(names: readonly (readonly string[] | 'snapshot')[]): readonly Write[] {
  const last = new Map<string, number>();
  return names.map((write) =>
    write === 'snapshot'
      ? write
      : write.map((name) => {
          last.set(name, (last.get(name) ?? 0) + 1);
          return entry(name, last.get(name) ?? 1);
        }),
  );
}

function lengths(writes: readonly Write[]): { readonly [execution: string]: number } {
  const last: Record<string, number> = {};
  for (const write of writes) {
    if (write !== 'snapshot') for (const { execution, seq } of write) last[execution] = seq;
  }
  return last;
}

/** Which calls to the disk are refused, and after how many the power goes. */
const anyTrouble = fc.record({
  refused: fc.oneof(fc.constant([]), fc.array(fc.nat(60), { maxLength: 8 })),
  place: fc.nat(),
  choices: fc.infiniteStream(fc.nat()),
});

describe('a journal, after the power was cut at any place', () => {
  it('holds all that was acknowledged, and at most the write that was under way', () => {
    fc.assert(
      fc.property(anyWrites, anyTrouble, (writes, { refused, place, choices }) => {
        const cutAt = 1 + (place % countCalls(writes, refused));
        const disk = unsyncedJournalFiles();
        let acknowledged = 0;
        const cut = troubled(disk, refused, cutAt);
        const write = (): unknown => writeJournal(cut.files, writes, () => (acknowledged += 1));
        expect(write).toThrow(PowerCut);

        const left = disk.powerCut((options) => Number(choices.next().value) % options);
        const there = found(left);
        const sure = lengths(writes.slice(0, acknowledged));
        const most = lengths(writes.slice(0, acknowledged + 1));
        for (const name of new Set([...Object.keys(most), ...Object.keys(there)])) {
          // Not a number where it is called damaged.
          const length = Number(there[name] ?? 0);
          expect(length).toBeGreaterThanOrEqual(sure[name] ?? 0);
          expect(length).toBeLessThanOrEqual(most[name] ?? 0);
        }
        expect(setAside(left)).toEqual([]);

        // And it goes on: what is written next follows what was found.
        const more = Object.entries(there).map(([name, length]) => entry(name, Number(length) + 1));
        writeJournal(left, more.length > 0 ? [more] : []);
        expect(found(left)).toEqual(
          Object.fromEntries(more.map(({ execution, seq }) => [execution, String(seq)])),
        );
      }),
      { numRuns: process.env['FIRSTLIGHT_FULL'] === '1' ? 20_000 : 500 },
    );
  });
});

function troubled(disk: JournalFiles, refused: readonly number[], cutAt: number) {
  let calls = 0;
  const files = hookedJournalFiles(disk, () => {
    calls += 1;
    if (calls >= cutAt) throw new PowerCut();
    if (refused.includes(calls)) throw systemError('EIO');
  });
  return { files, calls: () => calls };
}

function countCalls(writes: readonly Write[], refused: readonly number[]): number {
  const counted = troubled(unsyncedJournalFiles(), refused, Infinity);
  writeJournal(counted.files, writes);
  return counted.calls();
}
