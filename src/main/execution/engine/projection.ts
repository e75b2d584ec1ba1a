import type {
  AuditEntry,
  ExecutionQuestion,
  ExecutionStatus,
  ExecutionSummary,
  ExecutionView,
  StepStatus,
} from '#shared';
import type { ExecutionMachine, NodeView } from '../machine/execution-machine.ts';
import { isFinal, type ExecutionRecord } from '../records.ts';
import type { ExecutionHeader } from './header.ts';
import { isoTime } from './iso-time.ts';
import { newStep, stepOfNode, viewOf, type ShownStep } from './shown-step.ts';

/** What of an execution is in no machine. Times are Unix milliseconds. */
export interface ProjectionKept {
  readonly audit: readonly AuditEntry[];
  readonly changedAt: number;
  readonly endedAt: number | null;
}

/**
 * One execution as it is shown: what is on the disk of it, and what its running steps say. The machine
 * is ahead of this by what is being written.
 */
export class Projection {
  readonly #id: string;
  readonly #header: ExecutionHeader;
  readonly #steps = new Map<string, ShownStep>();
  #status: ExecutionStatus = 'pending';
  #reason: string | undefined;
  #progress = 0;
  #failedStep: string | undefined;
  #endedAt: number | undefined;
  #changedAt: number;
  #message = '';
  #questions: readonly ExecutionQuestion[] = [];
  readonly audit: AuditEntry[];

  constructor(id: string, header: ExecutionHeader) {
    this.#id = id;
    this.#header = header;
    this.#changedAt = header.at;
    this.audit = [{ time: isoTime(header.at), actor: header.actor, action: 'start' }];
    for (const spec of header.steps.steps) this.#steps.set(spec.name, newStep(spec, undefined));
  }

  /**
   * What a snapshot keeps beside the machine's own state, with what is decided and not shown yet: the
   * machine's has it too, and those records are not read again.
   */
  kept(unwritten: readonly ExecutionRecord[]): ProjectionKept {
    const audit = [...this.audit];
    let changedAt = this.#changedAt;
    let endedAt = this.#endedAt;
    for (const record of unwritten) {
      if ('at' in record) changedAt = record.at;
      if (record.type === 'status') endedAt = isFinal(record.status) ? record.at : undefined;
      const entry = this.#auditEntryOf(record);
      if (entry !== undefined) audit.push(entry);
    }
    return { audit, changedAt, endedAt: endedAt ?? null };
  }

  restore({ audit, changedAt, endedAt }: ProjectionKept): void {
    this.audit.splice(0, this.audit.length, ...audit);
    this.#changedAt = changedAt;
    this.#endedAt = endedAt ?? undefined;
  }

  get status(): ExecutionStatus {
    return this.#status;
  }

  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  question(id: string): ExecutionQuestion | undefined {
    return this.#questions.find((question) => question.id === id);
  }

  step(name: string): ShownStep | undefined {
    return this.#steps.get(name);
  }

  /** Takes over what a machine that was recovered knows: all of it is on the disk. */
  adopt(machine: ExecutionMachine): void {
    this.#steps.clear();
    this.#questions = [];
    for (const node of machine.nodes()) this.#adoptNode(node);
    this.#status = machine.status;
    this.#reason = machine.reason;
    this.#progress = machine.progress;
    this.#failedStep = machine.failedStep;
  }

  /** Shows a record that is on the disk. `machine`: as it was right after it. */
  apply(record: ExecutionRecord, machine: Pick<ExecutionMachine, 'progress' | 'failedStep'>): void {
    this.#progress = machine.progress;
    if ('at' in record) this.#changedAt = record.at;
    const audited = this.#auditEntryOf(record);
    if (audited !== undefined) this.audit.push(audited);
    switch (record.type) {
      case 'step.running': {
        const step = this.#begin(record.step, 'running');
        step.attempts = record.attempt;
        step.startedAt = record.at;
        return;
      }
      case 'step.expanded':
        this.#expand(record.step, record.items.length);
        return;
      case 'step.waiting': {
        const step = this.#begin(record.step, 'pending');
        step.error = record.error;
        return;
      }
      case 'step.ended':
        this.#end(record);
        return;
      case 'steps.settled':
        for (const name of record.steps) this.#begin(name, record.status);
        return;
      case 'steps.recovered':
        for (const name of record.steps) this.#begin(name, 'pending');
        return;
      case 'steps.reset':
        for (const name of record.steps) this.#reset(name);
        return;
      case 'step.interrupted':
        this.#begin(record.step, 'pending').interrupted = true;
        return;
      case 'status':
        this.#status = record.status;
        this.#reason = record.reason;
        this.#endedAt = isFinal(record.status) ? record.at : undefined;
        this.#failedStep = machine.failedStep;
        return;
      case 'asked':
        this.#questions = [...this.#questions, record.question];
        return;
      case 'answered':
        this.withdraw(record.questionId);
        return;
      case 'controlled':
      case 'step.working':
      case 'undo.began':
      case 'undo.ended':
      case 'progress':
        return;
      default:
        record satisfies never;
    }
  }

  /** What a running step says of itself. */
  said(name: string, said: { readonly percent?: number; readonly message?: string }): void {
    const step = this.#steps.get(name);
    if (step === undefined) return;
    if (said.percent !== undefined) step.percent = said.percent;
    if (said.message !== undefined) {
      step.message = said.message;
      this.#message = said.message;
    }
  }

  /** A running step has said something: `true` where it had been silent for too long. */
  heard(name: string): boolean {
    const step = this.#steps.get(name);
    const wasStalled = step?.stalled === true;
    if (wasStalled) step.stalled = false;
    return wasStalled;
  }

  /** The question is not asked any more. */
  withdraw(questionId: string): void {
    this.#questions = this.#questions.filter(({ id }) => id !== questionId);
  }

  setStalled(name: string): void {
    const step = this.#steps.get(name);
    if (step !== undefined) step.stalled = true;
  }

  view(): ExecutionView {
    const shown = [...this.#steps];
    const results = shown.flatMap(([name, { result }]) =>
      result === undefined ? [] : [[name, result] as const],
    );
    return {
      ...this.#outline(),
      steps: shown.map(([name, step]) => viewOf(name, step)),
      results: Object.fromEntries(results),
      questions: this.#questions,
    };
  }

  summary(): ExecutionSummary {
    let totalSteps = 0;
    let endedSteps = 0;
    for (const { partOf, status } of this.#steps.values()) {
      if (partOf !== undefined) continue;
      totalSteps += 1;
      if (status !== 'pending' && status !== 'running') endedSteps += 1;
    }
    return { ...this.#outline(), totalSteps, endedSteps };
  }

  #outline(): Omit<ExecutionView, 'steps' | 'results' | 'questions'> {
    const { type, name, at } = this.#header;
    const error = this.#error();
    return {
      executionId: this.#id,
      type,
      name,
      status: this.#status,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      progress: this.#progress,
      message: error?.message ?? this.#line(),
      startTime: isoTime(at),
      ...(this.#endedAt === undefined ? {} : { endTime: isoTime(this.#endedAt) }),
      lastUpdated: isoTime(this.#changedAt),
      ...(error === undefined ? {} : { error }),
    };
  }

  #error(): ExecutionView['error'] {
    if (this.#status === 'failed' && this.#reason === 'timeout') {
      const { name, timeLimitSeconds = 0 } = this.#header;
      const message = `"${name}" took longer than its ${timeLimitSeconds} s.`;
      return { message, code: 'execution/timeout' };
    }
    return this.#failedStep === undefined ? undefined : this.#errorOf(this.#failedStep);
  }

  #errorOf(step: string): NonNullable<ExecutionView['error']> {
    const { errorMessage: message = '', errorCode: code } = this.#steps.get(step)?.result ?? {};
    return { step, message, ...(code === undefined ? {} : { code }) };
  }

  /** What goes on now, in one line: what a person has to decide, what a step said last, else what runs. */
  #line(): string {
    if (this.#status === 'interrupted') return this.#interruptedLine();
    if (this.#message !== '') return this.#message;
    for (const { status, spec } of this.#steps.values()) {
      if (status === 'running') return spec.description;
    }
    return '';
  }

  #interruptedLine(): string {
    const steps = [...this.#steps].filter(([, { interrupted }]) => interrupted);
    const names = steps.map(([name]) => `"${name}"`).join(', ');
    return steps.length === 1
      ? `The step ${names} was interrupted: retry or skip it.`
      : `The steps ${names} were interrupted: retry or skip them.`;
  }

  #end({
    step: name,
    status,
    result,
    reason,
  }: Extract<ExecutionRecord, { type: 'step.ended' }>): void {
    const step = this.#begin(name, status);
    step.result = result;
    step.reason = reason;
    if (this.#questions.length > 0) {
      this.#questions = this.#questions.filter(({ stepName }) => stepName !== name);
    }
    if (status === 'failed' && step.spec.onError === 'stop') this.#failedStep ??= name;
  }

  /** A new state: what the attempt before had to say is over. */
  #begin(name: string, status: StepStatus): ShownStep {
    const step = this.#steps.get(name);
    if (step === undefined) throw new Error(`there is no step ${name}`);
    if (step.message !== undefined && step.message === this.#message) this.#message = '';
    step.status = status;
    step.percent = undefined;
    step.message = undefined;
    step.stalled = false;
    step.interrupted = false;
    step.error = undefined;
    return step;
  }

  #reset(name: string): void {
    for (const [child, { partOf }] of this.#steps) {
      if (partOf === name) this.#steps.delete(child);
    }
    // An item that went with its container is named as well.
    if (!this.#steps.has(name)) return;
    const step = this.#begin(name, 'pending');
    step.attempts = 0;
    step.startedAt = undefined;
    step.result = undefined;
    step.reason = undefined;
    if (this.#failedStep === name) this.#failedStep = undefined;
  }

  #auditEntryOf(record: ExecutionRecord): AuditEntry | undefined {
    if (record.type === 'controlled') {
      const { control, actor, at } = record;
      const step = 'step' in control ? control.step : 'from' in control ? control.from : undefined;
      const entry = { time: isoTime(at), actor, action: control.type };
      return step === undefined ? entry : { ...entry, step };
    }
    if (record.type === 'answered') {
      const { questionId, actor, at, action: detail } = record;
      const step = this.question(questionId)?.stepName ?? '';
      const entry = { time: isoTime(at), actor, action: 'answer', detail };
      return step === '' ? entry : { ...entry, step };
    }
    return undefined;
  }

  #expand(name: string, count: number): void {
    const container = this.#steps.get(name);
    if (container === undefined) return;
    // Children follow their container, as in the graph.
    const all = [...this.#steps];
    this.#steps.clear();
    for (const [key, step] of all) {
      this.#steps.set(key, step);
      if (key !== name) continue;
      for (let index = 0; index < count; index += 1) {
        this.#steps.set(`${name}[${index}]`, newStep(container.spec, name));
      }
    }
  }

  #adoptNode(node: NodeView): void {
    const spec = this.#header.steps.steps[node.spec];
    if (spec !== undefined) this.#steps.set(node.name, stepOfNode(spec, node));
  }
}
