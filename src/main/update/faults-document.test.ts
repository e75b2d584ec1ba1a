import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '#shared';
import { asPluginFailure } from '../plugins/supply/supply-failures.ts';
import { faultNames, type Fault } from './sources/testing/faults.test-support.ts';
import {
  endOfWireFault,
  FILE_FAULT_ENDS,
  UNMOUNTED_END,
  type FileFault,
  type UpdateEnd,
} from './testing/fault-table.test-support.ts';

/** Each fault in the words that a device maker reads. */
const WIRE_FAULTS: { readonly [fault in Fault]: string } = {
  refused: 'Nothing listens there',
  'dns-failure': 'The name is not known',
  'reset-mid-body': 'The connection is reset amid the file',
  truncated: 'The connection ends before the announced length',
  'truncated-chunked': 'The connection ends amid a file of unannounced length',
  'wrong-length': 'Announces less than it sends',
  'stalled-head': 'Takes the request and never answers',
  'stalled-body': 'Falls silent amid the file',
  'slow-drip': 'A byte at a time, for hours',
  '403': 'Refuses access (403)',
  '404': 'Does not have it (404)',
  '500': 'Fails each time (500)',
  '500-then-fine': 'Fails once (500), then is well',
  'redirect-loop': 'Redirects in a circle',
  garbage: 'Answers in no HTTP',
  'captive-portal': 'Answers with a sign-in page',
  'too-large-announced': 'Announces too much',
  'too-large-endless': 'Never ends',
  'expired-certificate': 'Certificate is past its date',
  'wrong-certificate': 'Certificate is for another host',
  'unknown-authority': 'Certificate is from an unknown authority',
};

const FILE_FAULTS: { readonly [fault in FileFault]: string } = {
  gone: 'The folder, or what the share is mounted at, is gone',
  'without the plan': 'The plan is not there',
  'with a folder in the place of the plan': 'A folder has the name of the plan',
  'with half a plan': 'Half a plan is there',
  'with garbage': 'Something else than a plan is there',
  'with a plan over the limit': 'A plan of more than 1 MiB is there',
  'with something that never ends': 'A device file has the name of the plan',
  'that hangs': 'Reading hangs',
};

const text = readFileSync(join(import.meta.dirname, '../../../docs/updates.md'), 'utf8');

/** The rows of the table between two marks, without its head. */
function tableOf(name: string): readonly (readonly string[])[] {
  const [, table = ''] = text.split(new RegExp(`<!-- /?${name} -->`));
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const NONE = '–';
const inForce = (end: UpdateEnd): string => (end === 'updated' ? 'the newer' : 'the old');
const cell = (end: UpdateEnd): string =>
  end === 'updated' ? 'updated' : `\`${end.slice(end.indexOf('/') + 1)}\``;

describe('docs/updates.md', () => {
  it('says of each fault what a device does, as the tests of the faults see it', () => {
    const wire = faultNames('https').map((fault) => {
      const end = endOfWireFault(fault);
      return [WIRE_FAULTS[fault], cell(end), cell(end), NONE, NONE, inForce(end)];
    });
    const files = Object.entries(FILE_FAULT_ENDS).map(([fault, end]) => {
      const words = FILE_FAULTS[fault as FileFault];
      return [words, NONE, NONE, cell(end), cell(end), inForce(end)];
    });
    const unmounted = [NONE, NONE, NONE, cell(UNMOUNTED_END), inForce(UNMOUNTED_END)];
    const rows = [...wire, ...files, ['No mount is named for the share', ...unmounted]];
    expect([...tableOf('faults')].sort()).toEqual(rows.sort());
  });

  it('says of each update code what it is called when a plugin is fetched', () => {
    const codes = Object.keys(ERROR_CODES) as ErrorCode[];
    const renamed = codes
      .map((code) => [code, asPluginFailure({ code, message: '' }).code] as const)
      .filter(([code, ofPlugin]) => code !== ofPlugin)
      .map((pair) => pair.map((code) => `\`${code}\``));
    expect([...tableOf('plugin codes')].sort()).toEqual(renamed.sort());
  });
});
