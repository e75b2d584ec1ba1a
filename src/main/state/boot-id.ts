import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Names this run of the machine, from power-on to power-off: whoever finds the same name again after
 * an app has ended knows that it was not the power that ended it.
 */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere: the moment of power-on, to the nearest ten minutes, since clocks get corrected.
    return `up-since-${Math.round((Date.now() / 1000 - uptime()) / 600)}`;
  }
}
