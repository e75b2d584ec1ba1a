import type { Failure } from '#shared';
import type { Ending } from './connection.ts';
import type { ProcessState } from './lifecycle.ts';

// What the failures of a plugin's process say. All of them name the plugin.

/** What the plugin itself said. */
export function named(plugin: string, failure: Failure): Failure {
  return { ...failure, message: `Plugin "${plugin}": ${failure.message}` };
}

/** It was not ready in time. */
export function startTimeout(plugin: string, startMs: number): Failure {
  return {
    code: 'plugin/start-timeout',
    message: `Plugin "${plugin}" was not ready within ${startMs / 1000} seconds.`,
  };
}

/** Its process ended before it was ready. */
export function failedToStart(plugin: string, ending: Ending): Failure {
  return {
    code: 'plugin/start-failed',
    message: `Plugin "${plugin}" ${inWords(ending)} before it was ready.`,
  };
}

/** Its process ended by itself, or was ended for what it sent. */
export function crashOf(plugin: string, ending: Ending): Failure {
  return {
    code: ending.broken === undefined ? 'plugin/crashed' : 'plugin/bad-answer',
    message: `Plugin "${plugin}" ${inWords(ending)}.`,
  };
}

/** Its process was ended while other work of it was under way. */
export function endedFor(plugin: string, why: string): Failure {
  return { code: 'plugin/crashed', message: `Plugin "${plugin}" was ended because ${why}.` };
}

/** It is not up, or works already. */
export function notRunning(plugin: string, what: 'work' | 'answer', state: ProcessState): Failure {
  return {
    code: 'plugin/not-running',
    message: `Plugin "${plugin}" cannot ${what}: it is ${state}.`,
  };
}

/** Its work was called off. */
export function cancelled(plugin: string): Failure {
  return { code: 'plugin/cancelled', message: `The work of plugin "${plugin}" was cancelled.` };
}

/** It said nothing of its health in time. */
export function noHealth(plugin: string, healthMs: number): Failure {
  return {
    code: 'plugin/timeout',
    message: `Plugin "${plugin}" said nothing of its health for ${healthMs / 1000} seconds.`,
  };
}

function inWords(ending: Ending): string {
  if (ending.broken !== undefined) return `was ended because ${ending.broken}`;
  if (ending.fatal !== undefined) {
    return `ended by an exception (${ending.fatal.name}: ${ending.fatal.message})`;
  }
  if (ending.signal !== null) return `was killed by ${ending.signal}`;
  return ending.code === null ? 'could not be run' : `ended with exit code ${ending.code}`;
}
