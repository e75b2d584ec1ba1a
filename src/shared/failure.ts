import type { ErrorCode } from './error-codes.ts';

/** An expected failure, as data that can cross any border. `code` stands in the one table of codes. */
export interface Failure {
  readonly code: ErrorCode;
  /** What went wrong, in one sentence with the offending value, for an engineer. */
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly hint?: string;
}

/** An exception as it crosses a process or network border, where class and prototype are lost. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
}

/** The short stable word of a code, as the trace's `reason` has it: `plugin/crashed` gives `crashed`. */
export function reasonOf(failure: Failure): string {
  return failure.code.slice(failure.code.indexOf('/') + 1);
}

/** Turns anything that was thrown into data. Never throws itself, whatever it is given. */
export function serializeError(thrown: unknown): SerializedError {
  if (thrown instanceof Error) {
    const code = (thrown as { code?: unknown }).code;
    return {
      name: thrown.name,
      message: thrown.message,
      ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
      ...(typeof code === 'string' ? { code } : {}),
    };
  }
  return { name: 'Error', message: describeThrown(thrown) };
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    // `undefined`, functions and symbols have no JSON form.
    const json: unknown = JSON.stringify(thrown);
    return typeof json === 'string' ? json : String(thrown);
  } catch {
    return 'something that cannot be shown was thrown';
  }
}
