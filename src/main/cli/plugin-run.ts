import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fail, ok, type ExecutionView, type JsonObject, type Result } from '#shared';
import { didYouMean, nearestOf } from '../plan/nearest.ts';
import { openHome, resolveHome, type Home } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { readAnswers } from './answers-file.ts';
import { EXIT, type Output } from './output.ts';
import { EXIT_INTERRUPTED, onInterrupts } from './plugin-run/interrupts.ts';
import { openRun } from './plugin-run/open-run.ts';
import { goingOnLine, summaryLine } from './plugin-run/summary.ts';
import { showFailure } from './show-failure.ts';

/** Options of `firstlight plugin run`. */
export interface PluginRunOptions {
  /** Folder that the plugin is in. */
  readonly plugins?: string;
  /** State folder. */
  readonly home?: string;
  /** Run this step of the last run again, and all that depend on it. */
  readonly resumeFrom?: string;
  /** TOML file with a table of answers for the plugin. */
  readonly answers?: string;
  /** Begin anew, whatever the last run left. */
  readonly fresh: boolean;
  /** Events as JSON Lines on standard output, and nothing else. */
  readonly json: boolean;
  readonly output: Output;
}

/** What a plugin is given for a run, in place of its default answers. */
interface Given {
  readonly answers?: JsonObject;
  readonly questions?: { readonly [questionClass: string]: string };
}

const CLI = { who: 'cli' } as const;

/**
 * `firstlight plugin run NAME`: one plugin on its own, without a plan, as its real process. Exit code 0 on
 * `completed`, 1 on a failure, 130 on Ctrl-C.
 */
export async function pluginRun(name: string, options: PluginRunOptions): Promise<number> {
  const { output } = options;
  const read = options.answers === undefined ? undefined : await readAnswers(options.answers);
  if (read?.problem !== undefined) {
    output.err(read.problem);
    return EXIT.problems;
  }
  const folder = resolveHome(options.home, {
    env: process.env,
    platform: process.platform,
    userFolder: homedir(),
    workingFolder: process.cwd(),
  });
  const home = await openHome(nodeFiles, folder);
  if (!home.ok) return showFailure(home.failure, output);
  try {
    const { answers, questions } = read?.answers.get(name) ?? {};
    return await run(name, options, home.value, {
      ...(answers === undefined ? {} : { answers }),
      ...(questions === undefined ? {} : { questions }),
    });
  } finally {
    home.value.release();
  }
}

async function run(
  name: string,
  options: PluginRunOptions,
  home: Home,
  given: Given,
): Promise<number> {
  const { output, json, fresh, resumeFrom: from } = options;
  const began = Date.now();
  // Before anything is started: whatever is up by then is ended in order.
  const interrupts = onInterrupts();
  const opened = await openRun(name, options, home.paths);
  if (!opened.ok) {
    interrupts.ignore();
    return showFailure(opened.failure, output);
  }
  const { engine, runner, view } = opened.value;
  const left = engine.find({ owner: 'cli', plugin: name });
  const stepsBefore = left === undefined ? [] : (engine.get(left.executionId)?.steps ?? []);

  async function toItsEnd(): Promise<Result<ExecutionView>> {
    const begun = await runner.start({ plugin: name, ...given, from, fresh }, CLI);
    if (!begun.ok) {
      const meant = from === undefined ? undefined : nearestStep(stepsBefore, from);
      const isUnknown = begun.failure.code === 'execution/not-found';
      return isUnknown ? fail({ ...begun.failure, ...didYouMean(meant) }) : begun;
    }
    const { executionId } = begun.value;
    const ended = engine.whenEnded(executionId);
    if (executionId === left?.executionId) {
      const now = engine.get(executionId);
      if (now !== undefined) view.say(goingOnLine(now));
    } else if (left !== undefined && !fresh && isUnfinished(left.status)) {
      view.say(`Beginning ${name} anew: its last run had other answers.`);
    }
    view.follow(executionId);
    return ok(await ended);
  }

  const outcome = await Promise.race([toItsEnd(), interrupts.first]);
  view.end();
  if (outcome === 'interrupted') output.err('Ending. Ctrl-C once more ends it at once.');
  await opened.value.close();
  interrupts.ignore();
  if (outcome === 'interrupted') {
    output.err('Interrupted: run it again to go on.');
    return EXIT_INTERRUPTED;
  }
  if (!outcome.ok) return showFailure(outcome.failure, output);
  const ended = outcome.value;
  const logFile = path.join(home.paths.executionLogs, `${ended.executionId}.log`);
  const tell = json ? output.err : output.out;
  tell(summaryLine(ended, (Date.now() - began) / 1000));
  if (existsSync(logFile)) tell(`Log: ${logFile}`);
  return exitCodeOf(ended, output);
}

function isUnfinished(status: ExecutionView['status']): boolean {
  return status !== 'completed' && status !== 'cancelled';
}

function nearestStep(steps: ExecutionView['steps'], name: string): string | undefined {
  return nearestOf(steps.map((step) => step.name)).find(name);
}

/** Says why it failed, if it did. */
function exitCodeOf({ status, reason, error }: ExecutionView, { err }: Output): number {
  if (status === 'completed') return EXIT.ok;
  const { step, message } = error ?? { step: undefined, message: reason ?? status };
  err(step === undefined ? message : `${step}: ${message}`);
  err('  Hint: Run it again to go on from there, or with --fresh to begin anew.');
  return EXIT.problems;
}
