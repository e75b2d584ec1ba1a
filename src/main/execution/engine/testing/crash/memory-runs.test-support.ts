import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionView } from '#shared';
import type { JournalFiles } from '../../../journal/journal-files.ts';
import { hookedJournalFiles } from '../../../journal/testing/hooked-journal-files.test-support.ts';
import {
  unsyncedJournalFiles,
  type Choose,
  type UnsyncedJournalFiles,
} from '../../../journal/testing/unsynced-journal-files.test-support.ts';
import { FOLDER } from '../../../journal/testing/written-journal.test-support.ts';
import { openExecutionEngine, type OpenEngine } from '../../create-engine.ts';
import { journalOver } from '../memory-journal.test-support.ts';
import { violations } from './invariants.test-support.ts';
import { fileLedger, memoryLedger, type Ledger } from './ledger.test-support.ts';
import { live } from './live.test-support.ts';
import type { CrashCase } from './random-case.test-support.ts';

/** An uninterrupted run: what it came to, and the disk that it left. */
export interface Reference {
  readonly views: readonly ExecutionView[];
  readonly files: UnsyncedJournalFiles;
  /** Calls that changed the disk, counting halves of writes. */
  readonly calls: number;
}

/** Runs cases in this process, over a disk in memory. `folder` is for the ledgers of commands. */
export class MemoryRuns {
  readonly #folder: string;
  #ledgers = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async reference(crashCase: CrashCase): Promise<Reference> {
    const files = unsyncedJournalFiles();
    let calls = 0;
    const engine = await this.#open(hookedJournalFiles(files, () => (calls += 1)));
    const views = await live(crashCase, engine, this.#ledger(crashCase));
    await engine.dispose();
    return { views, files, calls };
  }

  /**
   * Goes on from the journal of an uninterrupted run, cut after so many bytes. What had ended by what is
   * left must not run again.
   */
  async afterCutAt(
    crashCase: CrashCase,
    { views, files }: Reference,
    bytes: number,
  ): Promise<readonly string[]> {
    const cut = unsyncedJournalFiles();
    const file = segmentOf(files);
    cut.put(file, files.read(file).subarray(0, bytes));
    const ledger = this.#ledger(crashCase);
    const problems: string[] = [];
    const engine = await this.#open(cut, problems);
    const ended = await live(crashCase, engine, ledger);
    await engine.dispose();
    // Nothing may be undone or begun in the part of the past that this ledger does not have.
    return [...problems, ...violations(withoutRollback(crashCase), ended, views, ledger.lines)];
  }

  /**
   * Up to three lives end at random calls of the disk. With `keepsUnsynced` as at a kill: everything
   * written is there; else as at a power cut, at its worst.
   */
  async throughCuts(
    crashCase: CrashCase,
    reference: Reference,
    keepsUnsynced: boolean,
  ): Promise<readonly string[]> {
    const { random } = crashCase;
    const worst: Choose = (options) => Math.floor(random() * options);
    const choose: Choose = keepsUnsynced ? () => 1 : worst;
    let files = unsyncedJournalFiles();
    let ledger = this.#ledger(crashCase);
    const problems: string[] = [];
    const { segmentBytes } = crashCase;
    for (let lives = 1 + Math.floor(random() * 3); lives > 0; lives -= 1) {
      let left = 1 + Math.floor(random() * reference.calls);
      const cut: { files?: UnsyncedJournalFiles; ledger?: Ledger } = {};
      let onCut = (): void => undefined;
      const isCut = new Promise<void>((resolve) => (onCut = resolve));
      const disk: UnsyncedJournalFiles = files;
      const now: Ledger = ledger;
      const hook = (): void => {
        left -= 1;
        if (left !== 0) return;
        cut.files = disk.powerCut(choose);
        cut.ledger = this.#ledger(crashCase, now);
        onCut();
      };
      const engine = await this.#open(hookedJournalFiles(disk, hook), problems, segmentBytes);
      await Promise.race([live(crashCase, engine, now), isCut]);
      await engine.dispose();
      // Where it ended before the cut, the next life finds everything done.
      files = cut.files ?? files;
      ledger = cut.ledger ?? ledger;
    }
    const engine = await this.#open(files, problems, segmentBytes);
    const ended = await live(crashCase, engine, ledger);
    await engine.dispose();
    return [...problems, ...violations(crashCase, ended, reference.views, ledger.lines)];
  }

  async #open(
    files: JournalFiles,
    problems: string[] = [],
    segmentBytes?: number,
  ): Promise<OpenEngine> {
    const opened = await openExecutionEngine({
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
      journalFolder: FOLDER,
      openJournal: journalOver(files),
      logs: {
        write: () => undefined,
        read: () => Promise.resolve(''),
        remove: () => undefined,
        flush: () => Promise.resolve(),
      },
      onLog: (_level, text) => void problems.push(text),
    });
    if (!opened.ok) throw new Error(opened.failure.message);
    return opened.value;
  }

  /** A copy of an earlier one, if it is given: what is written into that one later is not in it. */
  #ledger({ flavour }: CrashCase, earlier?: Ledger): Ledger {
    if (flavour === 'functions') return memoryLedger(earlier?.lines);
    this.#ledgers += 1;
    const file = path.join(this.#folder, `ledger-${this.#ledgers}`);
    if (earlier?.file !== undefined && existsSync(earlier.file)) copyFileSync(earlier.file, file);
    return fileLedger(file);
  }
}

/** Where records of the journal end, in bytes. */
export function recordEnds(files: UnsyncedJournalFiles): readonly number[] {
  const bytes = files.read(segmentOf(files));
  return Array.from(bytes).flatMap((byte, index) => (byte === 0x0a ? [index + 1] : []));
}

function segmentOf(files: UnsyncedJournalFiles): string {
  const [name, ...others] = files.list(FOLDER);
  if (name === undefined || others.length > 0) throw new Error('there is not one segment');
  return path.join(FOLDER, name);
}

function withoutRollback(crashCase: CrashCase): CrashCase {
  const executions = crashCase.executions.map((each) => ({ ...each, rollback: false }));
  return { ...crashCase, executions };
}
