import type { Json } from '#shared';
import type { Clock } from '../../clock.ts';
import type { StepSpec } from '../step-spec.ts';

/** The most that is kept of what a step wrote, in characters. */
const OUTPUT_TAIL = 16 * 1024;

/** One attempt of a step, while it is under way. */
export class RunningStep {
  readonly abort = new AbortController();
  readonly startedAt: number;
  outputs: { [name: string]: Json | undefined } = {};
  secretOutputs: string[] = [];
  metrics: { [name: string]: number } = {};
  #tail: string[] = [];
  #tailLength = 0;

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  /** Takes in a line, or a piece of a long one. */
  write(text: string): void {
    const line = text.endsWith('\n') ? text : `${text}\n`;
    this.#tail.push(line);
    this.#tailLength += line.length;
    while (
      this.#tail.length > 1 &&
      this.#tailLength - (this.#tail[0]?.length ?? 0) >= OUTPUT_TAIL
    ) {
      this.#tailLength -= this.#tail.shift()?.length ?? 0;
    }
  }

  get output(): string {
    return this.#tail.join('').slice(-OUTPUT_TAIL);
  }
}

/**
 * Time limits of an attempt, and how long it may be silent. Both stand still while a person is asked:
 * nobody hurries a person.
 */
export class StepWatch {
  readonly #clock: Clock;
  readonly #onTimeout: () => void;
  readonly #onSilence: (seconds: number) => void;
  readonly #heartbeatMs: number | undefined;
  #leftMs: number | undefined;
  #since = 0;
  #cancelTimeout: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;
  #asking = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly step: StepSpec;
    readonly onTimeout: () => void;
    readonly onSilence: (seconds: number) => void;
  }) {
    const { timeoutSeconds, heartbeatSeconds } = options.step;
    this.#clock = options.clock;
    this.#onTimeout = options.onTimeout;
    this.#onSilence = options.onSilence;
    this.#leftMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
    this.#heartbeatMs = heartbeatSeconds === undefined ? undefined : heartbeatSeconds * 1000;
    this.#go();
  }

  /** It has said something. */
  heard(): void {
    if (this.#heartbeatMs === undefined || this.#asking > 0) return;
    this.#cancelSilence?.();
    const ms = this.#heartbeatMs;
    this.#cancelSilence = this.#clock.after(ms, () => this.#onSilence(ms / 1000));
  }

  /** A person is asked until the promise settles. */
  async asking<T>(answer: Promise<T>): Promise<T> {
    this.#asking += 1;
    if (this.#asking === 1) this.#halt();
    try {
      return await answer;
    } finally {
      this.#asking -= 1;
      if (this.#asking === 0) this.#go();
    }
  }

  end(): void {
    this.#halt();
    this.#leftMs = undefined;
    this.#asking = Number.POSITIVE_INFINITY;
  }

  #go(): void {
    if (this.#leftMs !== undefined) {
      this.#since = this.#clock.now();
      this.#cancelTimeout = this.#clock.after(this.#leftMs, this.#onTimeout);
    }
    this.heard();
  }

  #halt(): void {
    this.#cancelTimeout?.();
    this.#cancelSilence?.();
    if (this.#leftMs !== undefined) {
      this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.now() - this.#since));
    }
  }
}
