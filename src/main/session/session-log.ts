import type { Clock } from '../clock.ts';
import type { FlagAnswers } from '../flow/state.ts';
import type { LogLine } from '../state/log-file.ts';
import type { EventHub } from './event-hub.ts';

/** Hands every line that is logged from now on to `write`, with its time. */
export function keepLog(hub: EventHub, clock: Clock, write: (line: LogLine) => void): void {
  hub.subscribe((event) => {
    if (event.type !== 'log.written') return;
    const { plugin: source, level, text } = event;
    write({ time: new Date(clock.now()).toISOString(), level, source, text });
  });
}

/** A flag that failed to evaluate takes its default variant, and says so in the log (section 1). */
export function logFlagErrors(answers: FlagAnswers, hub: EventHub): void {
  for (const [flag, { reason, variant }] of Object.entries(answers)) {
    if (reason !== 'ERROR') continue;
    const text = `The flag ${flag} could not be evaluated and takes its default, ${variant}.`;
    hub.emit({ type: 'log.written', plugin: 'engine', level: 'warn', text });
  }
}
