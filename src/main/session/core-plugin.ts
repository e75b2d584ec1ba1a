import type { Builtin, JsonObject, Result } from '#shared';
import type { RunRequest } from '../plugins/plugin-port.ts';

/** What stands behind a built-in screen. One file for each, in `core/`. */
export interface CorePlugin {
  readonly builtin: Builtin;
  /** What a headless run answers. */
  readonly defaultAnswers: JsonObject;
  /**
   * Checks answers and gives what is kept of them, secrets replaced. A failure goes back to the
   * screen, which stays up.
   */
  accept(answers: JsonObject): Promise<Result<JsonObject>>;
  /** Its work, if it has any: after its screen was answered, or while that is up. */
  readonly work?: {
    readonly when: 'answered' | 'shown';
    run(request: RunRequest): Promise<Result<void>>;
  };
}
