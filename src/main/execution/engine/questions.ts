import {
  fail,
  ok,
  type Actor,
  type ExecutionQuestion,
  type ExecutionView,
  type Failure,
  type Result,
} from '#shared';
import type { LiveExecution } from './live-execution.ts';
import { QuestionProblem } from './step-performer.ts';

/** A question as it is asked, before it has an id. */
export type AskedQuestion = Omit<ExecutionQuestion, 'id' | 'stepName'>;

/** What the steps of one execution ask a person, until it is answered or called off. */
export class Questions {
  readonly #execution: LiveExecution;
  readonly #open = new Map<string, (action: string) => void>();
  #count = 0;

  constructor(execution: LiveExecution) {
    this.#execution = execution;
  }

  /** Asks a person; with nobody there, the answers file or the default answers. Rejects as `askPerson` does. */
  async ask(asked: AskedQuestion, stepName: string, signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw calledOff();
    const { seq, redactor, parts, projection } = this.#execution;
    // They cannot be masked: answers are looked up by them.
    const names = [asked.class, asked.default, ...asked.actions.map((action) => action.id)];
    if (stepName !== '' && redactor.taints(names)) throw new QuestionProblem(SECRET_NAMES);
    this.#count += 1;
    const id = `q${seq + 1}-${this.#count}`;
    const question: ExecutionQuestion = {
      ...asked,
      text: redactor.text(asked.text),
      actions: asked.actions.map((action) => ({ ...action, label: redactor.text(action.label) })),
      id,
      stepName,
    };
    let onAbort = (): void => undefined;
    const chosen = new Promise<string>((resolve, reject) => {
      this.#open.set(id, resolve);
      onAbort = () => {
        reject(calledOff());
        this.#withdraw(id);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
    const settled = (): void => {
      this.#open.delete(id);
      signal.removeEventListener('abort', onAbort);
    };
    chosen.then(settled, settled);
    await this.#execution.record({ type: 'asked', question, at: parts.clock.now() });
    // Called off while it was written.
    if (!this.#open.has(id)) projection.withdraw(id);
    else await this.#answerAtOnce(question);
    return chosen;
  }

  async answer(questionId: string, action: string, actor: Actor): Promise<Result<ExecutionView>> {
    const { id, projection, parts } = this.#execution;
    const question = projection.question(questionId);
    const settle = this.#open.get(questionId);
    if (question === undefined || settle === undefined) return fail(notAsked(id, questionId));
    if (!question.actions.some((known) => known.id === action)) {
      return fail(notAnAction(question, action));
    }
    // From now on it is answered: a second answer must not be taken while this one is written.
    this.#open.delete(questionId);
    const at = parts.clock.now();
    await this.#execution.record({ type: 'answered', questionId, action, actor, at });
    settle(action);
    return ok(projection.view());
  }

  async #answerAtOnce(question: ExecutionQuestion): Promise<void> {
    const { life } = this.#execution;
    const given = life?.answers?.[question.class];
    if (given !== undefined && question.actions.some((action) => action.id === given)) {
      await this.answer(question.id, given, { who: 'engine', from: 'answers' });
    } else if (life?.headless === true) {
      const by = { who: 'engine', from: 'default' };
      const answered = await this.answer(question.id, question.default, by);
      if (!answered.ok) {
        this.#withdraw(question.id);
        throw new Error(answered.failure.message);
      }
    }
  }

  #withdraw(id: string): void {
    const { projection, parts, id: executionId } = this.#execution;
    this.#open.delete(id);
    projection.withdraw(id);
    parts.changed(executionId);
  }
}

const SECRET_NAMES =
  'the class or an action id of its question holds a secret, and questions are written down';

function calledOff(): Error {
  return new Error('The question was called off.');
}

function notAsked(executionId: string, questionId: string): Failure {
  const message = `The execution ${executionId} is not asking the question "${questionId}" now.`;
  return { code: 'execution/not-now', message };
}

function notAnAction({ id, actions }: ExecutionQuestion, action: string): Failure {
  const known = actions.map((one) => `"${one.id}"`).join(', ');
  const message = `The question "${id}" is answered with one of ${known}, not "${action}".`;
  return { code: 'command/bad', message };
}
