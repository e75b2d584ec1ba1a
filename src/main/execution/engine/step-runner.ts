import type { Json, JsonObject } from '#shared';
import type { StepScope } from '../step-scope.ts';
import { attemptStep, undoStep, type AttemptOptions } from './attempt.ts';
import type { NodeView } from '../machine/execution-machine.ts';
import type { LiveExecution } from './live-execution.ts';
import { RunningStep, StepWatch } from './running-step.ts';
import type { WorkEvent } from './step-performer.ts';

/** Has the steps of one execution performed, and tells its machine how they ended. */
export class StepRunner {
  readonly #execution: LiveExecution;
  readonly #running = new Map<string, RunningStep>();
  #isClosed = false;

  constructor(execution: LiveExecution) {
    this.#execution = execution;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  run(step: string, attempt: number): void {
    void this.#attempt(step, attempt);
  }

  undo(step: string): void {
    void this.#undo(step);
  }

  abort(step: string): void {
    this.#running.get(step)?.abort.abort();
  }

  /** Aborts everything; from now on nothing that it comes to counts. */
  close(): void {
    this.#isClosed = true;
    for (const running of this.#running.values()) running.abort.abort();
  }

  async #attempt(name: string, attempt: number): Promise<void> {
    const { random, clock } = this.#execution.parts;
    let isTimedOut = false;
    const running = new RunningStep(clock.now());
    this.#running.set(name, running);
    const watch = new StepWatch({
      clock,
      step: this.#execution.specOf(name),
      onTimeout: () => {
        isTimedOut = true;
        running.abort.abort();
      },
      onSilence: (silentSeconds) => this.#stalled(name, silentSeconds),
    });
    const outcome = await attemptStep(
      this.#optionsOf(name, attempt, running, watch, () => isTimedOut),
    );
    watch.end();
    this.#running.delete(name);
    if (this.#isClosed) return;
    if (outcome.kind === 'completed' && running.secretOutputs.length > 0) {
      const { outputs } = running;
      this.#execution.secrets.set(
        name,
        Object.fromEntries(running.secretOutputs.map((key) => [key, outputs[key]])),
      );
    }
    const at = clock.now();
    this.#execution.tell({ type: 'settled', step: name, outcome, random: random(), at });
  }

  async #undo(name: string): Promise<void> {
    const { clock } = this.#execution.parts;
    let isTimedOut = false;
    const running = new RunningStep(clock.now());
    const key = `undo ${name}`;
    this.#running.set(key, running);
    const watch = new StepWatch({
      clock,
      step: this.#execution.specOf(name),
      onTimeout: () => {
        isTimedOut = true;
        running.abort.abort();
      },
      onSilence: () => undefined,
    });
    const options = this.#optionsOf(name, 1, running, watch, () => isTimedOut);
    const undone = await undoStep(options);
    watch.end();
    this.#running.delete(key);
    if (this.#isClosed) return;
    this.#execution.tell({
      type: 'undone',
      step: name,
      success: undone.ok,
      ...(undone.ok ? {} : { error: options.clean(undone.failure.message) }),
      at: clock.now(),
    });
  }

  #optionsOf(
    name: string,
    attempt: number,
    running: RunningStep,
    watch: StepWatch,
    isTimedOut: () => boolean,
  ): AttemptOptions {
    const execution = this.#execution;
    const { clock } = execution.parts;
    const step = execution.specOf(name);
    const node = execution.machine.node(name);
    const isItem = node?.partOf !== undefined;
    const { life } = execution;
    if (life === undefined) throw new Error(`nobody performs ${execution.id}`);
    return {
      step,
      name,
      isContainer: !isItem && (step.forEach !== undefined || step.has.forEach),
      attempt,
      executionId: execution.id,
      scope: this.#scopeOf(node, step.dependsOn),
      performer: life.performer,
      running,
      onEvent: (event) => {
        watch.heard();
        this.#heard(name, running, event);
      },
      askPerson: (question) => watch.asking(execution.ask(question, name, running.abort.signal)),
      working: () => execution.told({ type: 'working', step: name }),
      isTimedOut,
      clean: (text) => execution.redactor.text(text),
      isSecret: (value) => execution.redactor.taints(value),
      now: () => clock.now(),
    };
  }

  #heard(name: string, running: RunningStep, event: WorkEvent): void {
    if (this.#isClosed) return;
    const execution = this.#execution;
    const { clock, logs, changed } = execution.parts;
    if (execution.projection.heard(name)) changed(execution.id);
    switch (event.type) {
      case 'output': {
        const text = execution.redactor.text(event.text);
        running.write(text);
        logs.write(
          execution.id,
          `${new Date(clock.now()).toISOString()} ${name}: ${withEnd(text)}`,
        );
        const { stream } = event;
        execution.events.publish({ type: 'StepOutput', stepName: name, stream, text }, clock.now());
        return;
      }
      case 'progress': {
        const { percent, message: said } = event;
        const message = said === undefined ? {} : { message: execution.redactor.text(said) };
        const share = percent === undefined ? {} : { percent: Math.min(100, Math.max(0, percent)) };
        execution.projection.said(name, { ...share, ...message });
        const body = { type: 'StepProgress', stepName: name, ...share, ...message } as const;
        execution.events.publish(body, clock.now());
        if (share.percent !== undefined) {
          execution.tell({ type: 'progressed', step: name, percent: share.percent });
        }
        changed(execution.id);
        return;
      }
      case 'value':
        running.outputs[event.name] = event.value;
        if (event.secret === true) execution.redactor.add(event.value);
        running.secretOutputs = Object.keys(running.outputs).filter(
          (output) =>
            (event.secret === true && output === event.name) ||
            running.secretOutputs.includes(output) ||
            // One that holds a secret is one, whether its author has thought of it or not.
            execution.redactor.taints(running.outputs[output]),
        );
        return;
      case 'metric':
        running.metrics[event.name] = event.value;
        return;
      default:
        event satisfies never;
    }
  }

  #stalled(name: string, silentSeconds: number): void {
    const { events, projection, parts, id } = this.#execution;
    projection.setStalled(name);
    events.publish({ type: 'StepStalled', stepName: name, silentSeconds }, parts.clock.now());
    parts.changed(id);
  }

  /**
   * What a step may read: inputs, and the outputs of whatever it depends on, directly or not. Gathered
   * when somebody looks: most steps never do, and a long chain has many to gather.
   */
  #scopeOf(node: NodeView | undefined, dependsOn: readonly string[]): StepScope {
    const { inputs } = this.#execution;
    let gathered: StepScope['steps'] | undefined;
    const gather = (): StepScope['steps'] => (gathered ??= this.#outputsBefore(dependsOn));
    return {
      inputs,
      get steps() {
        return gather();
      },
      ...(node?.index === undefined ? {} : { item: node.item as Json, index: node.index }),
    };
  }

  #outputsBefore(dependsOn: readonly string[]): StepScope['steps'] {
    const { machine, graph, secrets } = this.#execution;
    const steps: { [step: string]: { readonly outputs: JsonObject } } = {};
    const seen = new Set(dependsOn);
    // A set takes in what is added while it is gone through.
    for (const name of seen) {
      const node = machine.node(name);
      steps[name] = { outputs: { ...node?.result?.outputs, ...secrets.get(name) } };
      for (const before of graph.steps[node?.spec ?? -1]?.dependsOn ?? []) seen.add(before);
    }
    return steps;
  }
}

function withEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
