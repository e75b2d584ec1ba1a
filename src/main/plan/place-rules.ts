import type { Finding, Path } from './finding.ts';
import { textOf } from './tree.ts';
import type { PlanView } from './view.ts';
import { quote } from './words.ts';

/** Does each place have the form that its kind asks for, and does a local one stay in its folder? */
export function checkPlaces({ general, plugins }: PlanView): readonly Finding[] {
  const findings: Finding[] = [];
  const root = textOf(general, 'update_path_root');
  const from = textOf(general, 'update_from');
  if (root && from) {
    findings.push(
      ...formFinding(UPDATE_FORMS, { kind: from, place: root }, ['general', 'update_path_root']),
    );
  }
  for (const { table, path } of plugins) {
    const kind = textOf(table, 'plugin_location_type');
    const place = textOf(table, 'plugin_base_path');
    // Empty is a finding of its own.
    if (!kind || !place) continue;
    const at = [...path, 'plugin_base_path'];
    if (leavesFolder(kind, place)) findings.push(unsafe(place, at));
    else findings.push(...formFinding(PLUGIN_FORMS, { kind, place }, at));
  }
  return findings;
}

interface Form {
  readonly pattern: RegExp;
  readonly words: string;
}
type Forms = ReadonlyMap<string, Form>;

// `smol-toml` has turned `\\\\server` of a quoted text into `\\server` by now. Slashes name the same share.
const SHARE = String.raw`^[\\/]{2}[^\\/]+[\\/][^\\/]+`;
const NO_ADDRESS = /^(?![A-Za-z][A-Za-z0-9+.-]*:\/\/)/;
const HTTPS = String.raw`https:\/\/[^\s\/?#]+(\/\S*)?$`;

// Sections 1 and 6 of the plan contract. Where a form is not kept the plan cannot work, and no device
// would ever say so before its setup fails.
const UPDATE_FORMS: Forms = new Map([
  [
    's3',
    {
      pattern: new RegExp(String.raw`^(s3:\/\/[^\s\/]+(\/.*)?$|${HTTPS})`, 'i'),
      words: 'an s3://bucket/prefix or https:// address',
    },
  ],
  ['local', { pattern: NO_ADDRESS, words: 'a folder' }],
  ['unc', { pattern: new RegExp(SHARE), words: String.raw`a share such as \\server\share\folder` }],
]);

const PLUGIN_FORMS: Forms = new Map([
  ['local', { pattern: NO_ADDRESS, words: 'a path in the plugins folder' }],
  [
    's3',
    {
      pattern: new RegExp(String.raw`^(s3:\/\/[^\s\/]+\/.+|${HTTPS})`, 'i'),
      words: 's3://bucket/key or the https:// address of an S3 object',
    },
  ],
  ['https', { pattern: new RegExp(`^${HTTPS}`, 'i'), words: 'an https:// address' }],
  [
    'unc',
    {
      pattern: new RegExp(String.raw`${SHARE}[\\/].+`),
      words: String.raw`a file on a share such as \\server\share\file.tgz`,
    },
  ],
]);

function formFinding(
  forms: Forms,
  { kind, place }: { readonly kind: string; readonly place: string },
  path: Path,
): readonly Finding[] {
  const form = forms.get(kind);
  if (form === undefined || form.pattern.test(place)) return [];
  const fits = [...forms].find(([other, { pattern }]) => other !== 'local' && pattern.test(place));
  return [
    {
      rule: 'plan/bad-value',
      path,
      message: `${quote(place)} is not ${form.words}, as ${quote(kind)} asks for`,
      ...(fits === undefined ? {} : { hint: `Its form is that of "${fits[0]}".` }),
    },
  ];
}

function unsafe(place: string, path: Path): Finding {
  return {
    rule: 'plan/unsafe-value',
    path,
    message: `${quote(place)} leads out of the plugins folder`,
    hint: 'Use a path relative to the plugins folder, such as "./".',
  };
}

/** Could this path end up outside the folder it starts in, on any system? */
function leavesFolder(kind: string, place: string): boolean {
  if (kind !== 'local' && kind !== 'unc') return false;
  if (kind === 'local' && /^([\\/]|[A-Za-z]:)/.test(place) && !/^[A-Za-z]+:\/\//.test(place))
    return true;
  let depth = 0;
  for (const step of place.split(/[\\/]/)) {
    if (step === '..') depth--;
    else if (step !== '.' && step !== '') depth++;
    // A share's own name is no folder to climb over.
    if (depth < 0 || (kind === 'unc' && step === '..')) return true;
  }
  return false;
}
