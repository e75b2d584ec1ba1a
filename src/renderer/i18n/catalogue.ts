import type { en } from './en.ts';

/** Name of a message. A key that is missing anywhere is a type error. */
export type MessageKey = keyof typeof en;

/** One language's messages: exactly the keys of the English source. */
export type Catalogue = { readonly [key in MessageKey]: string };

/**
 * What the messages with placeholders are given. Declared here, because a type that reads
 * placeholders out of ICU text cannot tell `{name}` from the text of a plural's branch; a test
 * holds this list and the English catalogue together.
 */
export interface MessageValues {
  /** 0..1 */
  readonly 'network.signal': { readonly strength: number };
  readonly 'network.join.title': { readonly ssid: string };
  readonly 'terms.date': { readonly date: Date };
  readonly 'profile.passwordHint': { readonly count: number };
  readonly 'profile.error.password': { readonly count: number };
  readonly 'summary.account.value': { readonly fullName: string; readonly userName: string };
  readonly 'working.now': { readonly name: string };
  readonly 'working.attempt': { readonly attempt: number };
  readonly 'steps.nextAttempt': { readonly attempt: number };
  readonly 'steps.elapsed': { readonly time: string };
  readonly 'steps.count': { readonly done: number; readonly total: number };
  readonly 'steps.again': { readonly name: string; readonly attempt: number };
  readonly 'steps.stalled': { readonly name: string };
  readonly 'steps.status.runningPercent': { readonly share: number };
  readonly 'question.askedBy': { readonly name: string };
  readonly 'interrupted.title': { readonly name: string };
  readonly 'execution.attempts': { readonly count: number };
  readonly 'failure.at': { readonly name: string };
  readonly 'failure.named': { readonly name: string };
  readonly 'notice.any': { readonly message: string };
}

/** Messages that are given values, and those that need none. */
export type KeyWithValues = keyof MessageValues;
export type PlainKey = Exclude<MessageKey, KeyWithValues>;
