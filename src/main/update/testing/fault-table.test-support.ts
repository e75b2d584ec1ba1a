import type { ErrorCode } from '#shared';
import { FAULT_CODES, type Fault } from '../sources/testing/faults.test-support.ts';

// Fault x source -> reason code: what `faults.integration.test.ts` sees of a device, and what the table
// in docs/updates.md says of it.

/** `updated`: the newer plan came all the same, and is in force. After any code the old one is. */
export type UpdateEnd = ErrorCode | 'updated';

/** What an update over HTTP comes to. What HTTP itself cannot tell is told by what it leads to. */
export function endOfWireFault(fault: Fault): UpdateEnd {
  if (fault === '500-then-fine') return 'updated';
  return FAULT_CODES[fault] ?? 'update/invalid';
}

/** What can be wrong with a folder, and with a share that is mounted: the same. */
export const FILE_FAULT_ENDS = {
  gone: 'update/unreachable',
  'without the plan': 'update/not-found',
  'with a folder in the place of the plan': 'update/not-found',
  'with half a plan': 'update/invalid',
  'with garbage': 'update/invalid',
  'with a plan over the limit': 'update/too-large',
  'with something that never ends': 'update/not-found',
  'that hangs': 'update/timeout',
} as const satisfies { readonly [fault: string]: UpdateEnd };

export type FileFault = keyof typeof FILE_FAULT_ENDS;

/** A share that no mount is named for. */
export const UNMOUNTED_END: UpdateEnd = 'update/unreachable';
