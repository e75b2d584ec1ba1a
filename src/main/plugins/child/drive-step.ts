import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StepQuestion } from '../plugin-rpc.ts';
import { asQuestion } from '../steps/question.ts';
import { badValue, StepProblem } from './step-problem.ts';
import type { StepVoice } from './step-voice.ts';

/** So many events without a break, and the process would hear nothing from the app. */
const EVENTS_A_TURN = 50;

/** What drives a step's function to its end. */
export interface StepDriver {
  readonly voice: StepVoice;
  readonly signal: AbortSignal;
  /** Resolves to the id of the chosen action; rejects when the call is over before. */
  readonly ask: (question: StepQuestion) => Promise<string>;
  /** Hears every line of output. */
  readonly onLine: (line: string) => void;
}

/**
 * Waits for what a step's function made: a generator, whose events go to the voice, or a promise. A
 * generator is ended where it stands once the signal is aborted, so that its `finally` blocks run.
 */
export async function driveStep(made: unknown, driver: StepDriver): Promise<unknown> {
  if (!isGenerator(made)) return made;
  let answer: string | undefined;
  for (let events = 1; ; events += 1) {
    const next = await made.next(answer);
    if (next.done === true) return next.value;
    try {
      answer = await take(next.value, driver);
      if (events % EVENTS_A_TURN === 0) await nextTurn();
      if (driver.signal.aborted) throw new StepProblem('step/cancelled', 'it was called off');
    } catch (problem) {
      await end(made);
      throw problem;
    }
  }
}

async function end(generator: AnyGenerator): Promise<void> {
  try {
    await generator.return?.(undefined);
  } catch {
    // Why it was ended is what counts.
  }
}

/** Takes what was yielded; gives back what the `yield` is to give. Plain JavaScript: types promise nothing. */
async function take(yielded: unknown, driver: StepDriver): Promise<string | undefined> {
  const { voice, onLine } = driver;
  const event: { readonly [field: string]: unknown } =
    typeof yielded === 'object' && yielded !== null ? { ...yielded } : {};
  switch (event['type']) {
    case 'progress':
      voice.progress(event['percent'], event['message']);
      return undefined;
    case 'output':
      voice.output(
        event['stream'] === 'stderr' ? 'stderr' : 'stdout',
        String(event['text']),
        onLine,
      );
      return undefined;
    case 'value':
      voice.value(event['name'], event['value'], event['secret'] === true);
      return undefined;
    case 'metric':
      voice.metric(event['name'], event['value']);
      return undefined;
    case 'question': {
      const question = asQuestion(event);
      if (!question.ok) throw badValue(`it asks a question in which ${question.problem}`);
      // What was said before it is seen before it.
      voice.flush();
      return driver.ask(question.question);
    }
    default:
      throw badValue(
        'it yielded something that is no event: { type: "progress" | "output" | "value" | "metric" | "question" }',
      );
  }
}

/** Of a generator, asynchronous or not, only this is used. */
interface AnyGenerator {
  next(
    value: string | undefined,
  ): IteratorResult<unknown, unknown> | Promise<IteratorResult<unknown, unknown>>;
  return?(value: undefined): unknown;
}

function isGenerator(made: unknown): made is AnyGenerator {
  return (
    typeof made === 'object' && made !== null && 'next' in made && typeof made.next === 'function'
  );
}
