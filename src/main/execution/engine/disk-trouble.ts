import { fail, type Failure, type Result } from '#shared';

/** Whether the disk takes records. Nobody who waits for an answer is left waiting for the disk. */
export class DiskTrouble {
  #now: Failure | undefined;
  readonly #waiting = new Set<(failure: Failure) => void>();

  get now(): Failure | undefined {
    return this.#now;
  }

  set(failure: Failure | undefined): void {
    this.#now = failure;
    if (failure === undefined) return;
    for (const hear of this.#waiting) hear(failure);
  }

  /** What comes of it, or why nothing can, as soon as that is known; in trouble it is not begun at all. */
  async unlessIn<T>(begin: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.#now !== undefined) return fail(this.#now);
    let hear = (_failure: Failure): void => undefined;
    const trouble = new Promise<Result<T>>((resolve) => {
      hear = (failure) => resolve(fail(failure));
    });
    this.#waiting.add(hear);
    try {
      return await Promise.race([begin(), trouble]);
    } finally {
      this.#waiting.delete(hear);
    }
  }
}
