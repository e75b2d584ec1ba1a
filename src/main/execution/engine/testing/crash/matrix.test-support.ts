import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killedRun } from './killed-run.test-support.ts';
import { MemoryRuns, recordEnds } from './memory-runs.test-support.ts';
import { crashCase, type CrashCase, type Flavour } from './random-case.test-support.ts';

/** How a run was interrupted. */
type Cut = 'record ends and bytes' | 'power' | 'kill in memory' | 'SIGKILL';

export interface MatrixRun {
  readonly seed: number;
  readonly cut: Cut;
  /** How often it was interrupted. */
  readonly cuts: number;
  /** What is wrong; nothing, as it should be. */
  readonly problems: readonly string[];
}

/** Commands are dear: a process each. */
function flavourOf(share: number): Flavour {
  if (share < 0.8) return 'functions';
  return share < 0.9 ? 'commands' : 'mixed';
}

/** Runs the case of one seed, interrupts it in the seed's way, and sees it through to the end. */
export async function crashRun(seed: number): Promise<MatrixRun> {
  const random = crashCase(seed, 'functions').random;
  const flavour = flavourOf(random());
  const cut = cutOf(random());
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-crash-'));
  try {
    const one = crashCase(seed, flavour);
    const runs = new MemoryRuns(folder);
    const reference = await runs.reference(one);
    switch (cut) {
      case 'SIGKILL':
        return { seed, cut, ...(await killedRun(one, reference.views, folder)) };
      case 'power':
      case 'kill in memory': {
        const problems = await runs.throughCuts(one, reference, cut === 'kill in memory');
        return { seed, cut, cuts: 1, problems };
      }
      case 'record ends and bytes': {
        const ends = recordEnds(reference.files);
        const places = placesOf(one, ends);
        const problems: string[] = [];
        for (const place of places) {
          const wrong = await runs.afterCutAt(one, reference, place);
          problems.push(...wrong.map((problem) => `cut at byte ${place}: ${problem}`));
        }
        return { seed, cut, cuts: places.length, problems };
      }
    }
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { seed, cut, cuts: 0, problems: [why] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cutOf(share: number): Cut {
  if (share < 0.5) return 'record ends and bytes';
  if (share < 0.72) return 'power';
  return share < 0.95 ? 'kill in memory' : 'SIGKILL';
}

/** All ends of records for one case in ten, some for the others; each with a place within the next record. */
function placesOf({ seed, random }: CrashCase, ends: readonly number[]): readonly number[] {
  const chosen = seed % 10 === 0 ? ends : ends.filter(() => random() < 4 / ends.length);
  return chosen.flatMap((end) => {
    const next = ends[ends.indexOf(end) + 1];
    if (next === undefined) return [end];
    return [end, end + 1 + Math.floor(random() * (next - end - 1))];
  });
}
