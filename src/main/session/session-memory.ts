import { fail, ok, type JsonObject, type Preferences, type Result } from '#shared';
import type { EventHub } from './event-hub.ts';
import type { Journal, JournalRecord } from './journal.ts';

/**
 * What a person has said so far. Written down so that a power cut loses nothing; screens see all of
 * it but secrets.
 */
export class SessionMemory {
  readonly #hub: EventHub;
  readonly #journal: Journal | undefined;
  readonly #answers: Map<string, JsonObject>;

  constructor(options: {
    readonly hub: EventHub;
    /** Absent for a run that is never resumed. */
    readonly journal: Journal | undefined;
    readonly answers: { readonly [plugin: string]: JsonObject };
  }) {
    this.#hub = options.hub;
    this.#journal = options.journal;
    this.#answers = new Map(Object.entries(options.answers));
  }

  /** What is kept of a plugin's answers, a password's hash included; nothing before there are any. */
  answersOf(plugin: string): JsonObject | undefined {
    return this.#answers.get(plugin);
  }

  /** Not waited for: the input that follows is written behind it, in the same sync. */
  keepAnswers(plugin: string, answers: JsonObject): void {
    this.#answers.set(plugin, answers);
    void this.write({ kind: 'answers', plugin, answers });
    this.#hub.emit({ type: 'answers.saved', plugin, answers: shownOnly(answers) });
  }

  async keepDraft(plugin: string, draft: JsonObject): Promise<Result<void>> {
    const written = await this.write({ kind: 'draft', plugin, draft });
    this.#hub.emit({ type: 'draft.saved', plugin, draft });
    return written;
  }

  keepPreferences(preferences: Preferences): void {
    void this.write({ kind: 'preferences', preferences });
    this.#hub.emit({ type: 'preferences.changed', preferences });
  }

  /**
   * Resolves when the record is on the disk. On a full or dead disk setup goes on with a notice:
   * only a power cut would now lose this step.
   */
  async write(record: JournalRecord): Promise<Result<void>> {
    const written = (await this.#journal?.append(record)) ?? ok(undefined);
    if (!written.ok) {
      const { code, message } = written.failure;
      this.#hub.emit({ type: 'notice.given', notice: { code, message } });
    }
    return written;
  }
}

/** Answers as a screen may see them again: a hash is no secret in full, but nobody's business. */
export function shownOnly(answers: JsonObject): JsonObject {
  const { passwordHash: _hash, ...shown } = answers;
  return shown;
}

/** Half of what a message to a plugin may hold, so that its answers always reach it. */
const MAX_ANSWER_LENGTH = 512 * 1024;

/** Answers as they are, or `command/bad` where a plugin could not be sent them. */
export function withinLimit(answers: JsonObject): Result<JsonObject> {
  if (JSON.stringify(answers).length <= MAX_ANSWER_LENGTH) return ok(answers);
  const message = `Answers may have ${MAX_ANSWER_LENGTH / 1024} KiB.`;
  return fail({ code: 'command/bad', message });
}
