import type { Json } from '#shared';
import { QuestionProblem, type StepCall } from '../../execution/engine/step-performer.ts';
import type { Reply } from '../plugin-rpc.ts';
import { asQuestion } from './question.ts';
import { createStepEventReader, type StepEventReader } from './step-events.ts';

/** More than any step asks; each one is written down. */
const QUESTIONS_A_CALL = 200;

/** Hears what a plugin's process says of its steps. The types of what comes in are hopes. */
export interface StepListener {
  /** What is wrong with the message, in words; the process is ended for it. */
  events(callId: unknown, events: unknown): string | undefined;
  askPerson(callId: unknown, question: unknown): Promise<Reply<string>>;
}

/** One call that was sent to the process. */
export interface LiveStepCall {
  readonly id: number;
  readonly reader: StepEventReader;
  /** From now on nothing is heard of it. */
  end(): void;
}

/** The calls of one process that are under way, by the numbers that they have on the pipe. */
export class StepCalls implements StepListener {
  readonly #live = new Map<
    unknown,
    { readonly call: StepCall; readonly reader: StepEventReader; questions: number }
  >();
  #last = 0;
  readonly #onSecret: (value: Json) => void;

  /** `onSecret` hears of every secret value. */
  constructor(onSecret: (value: Json) => void) {
    this.#onSecret = onSecret;
  }

  begin(call: StepCall): LiveStepCall {
    this.#last += 1;
    const id = this.#last;
    const reader = createStepEventReader(() => performance.now());
    this.#live.set(id, { call, reader, questions: 0 });
    return { id, reader, end: () => this.#live.delete(id) };
  }

  events(callId: unknown, events: unknown): string | undefined {
    const live = this.#live.get(callId);
    // Of a call that is over, there is nothing to be heard any more.
    if (live === undefined) return undefined;
    if (!Array.isArray(events)) return 'it sent step events that are none';
    for (const sent of events as readonly unknown[]) {
      const event = live.reader.read(sent);
      if (typeof event === 'string') return event;
      if (event?.type === 'value' && event.secret === true) this.#onSecret(event.value);
      if (event !== undefined) live.call.onEvent(event);
    }
    return undefined;
  }

  async askPerson(callId: unknown, asked: unknown): Promise<Reply<string>> {
    const live = this.#live.get(callId);
    if (live === undefined) return refuse('step/cancelled', 'it was called off');
    const question = asQuestion(asked);
    if (!question.ok) return refuse('step/bad-value', question.problem);
    live.questions += 1;
    if (live.questions > QUESTIONS_A_CALL) {
      return refuse('step/failed', `it asked more than ${QUESTIONS_A_CALL} questions`);
    }
    try {
      return { ok: true, value: await live.call.askPerson(question.question) };
    } catch (thrown) {
      if (thrown instanceof QuestionProblem) return refuse('step/bad-value', thrown.message);
      return refuse('step/cancelled', 'it was called off');
    }
  }
}

function refuse(
  code: 'step/cancelled' | 'step/bad-value' | 'step/failed',
  message: string,
): Reply<never> {
  return { ok: false, code, error: { name: 'Error', message } };
}
