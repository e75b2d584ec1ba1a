import path from 'node:path';
import type { Finding } from '../plan/finding.ts';
import { isTable, textOf, type Table } from '../plan/tree.ts';
import { quote } from '../plan/words.ts';
import { LOOPBACK } from '../update/sources/s3-address.ts';
import { parseUnc } from '../update/sources/unc.ts';

/** What a schema cannot say of texts: is an endpoint an origin, is a share's name one? */
export function checkValues(tree: Table): readonly Finding[] {
  const endpoint = isTable(tree.s3) ? textOf(tree.s3, 'endpoint') : undefined;
  const mounts = isTable(tree.unc) && isTable(tree.unc.mounts) ? tree.unc.mounts : {};
  return [...checkEndpoint(endpoint), ...Object.keys(mounts).flatMap(checkShare)];
}

function checkEndpoint(endpoint: string | undefined): readonly Finding[] {
  if (endpoint === undefined) return [];
  const at = { rule: 'device/bad-value', path: ['s3', 'endpoint'] } as const;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !endpoint.includes('://')) {
    const message = `"endpoint" is ${quote(endpoint)}, which is no https address`;
    return [{ ...at, message, hint: 'Write it as "https://s3.example.com".' }];
  }
  if (url.username !== '' || url.password !== '') {
    // Not quoted: messages are shown, and kept.
    const message = '"endpoint" holds a user name or password, which has no place there';
    return [{ ...at, message, hint: `Perhaps "${url.origin}".` }];
  }
  if (`${url.origin}/` !== url.href) {
    const message = `"endpoint" is ${quote(endpoint)}, but must be an origin: scheme, host and port alone`;
    return [{ ...at, message, hint: `Perhaps "${url.origin}".` }];
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    const message = `"endpoint" is ${quote(endpoint)}, but http is for this machine only: anybody on the way could change what comes`;
    return [{ ...at, message, hint: `Use "https://${url.host}".` }];
  }
  return [];
}

function checkShare(share: string): readonly Finding[] {
  const parsed = parseUnc(share);
  if (parsed.ok) return [];
  const message = `${quote(share)} is not the name of a share`;
  const hint = String.raw`Write it as '\\server\share', in single quotes.`;
  return [
    { rule: 'device/bad-value', path: ['unc', 'mounts', share], message, hint, about: 'key' },
  ];
}

/**
 * The same tree with paths absolute, relative ones taken from `folder`, and the endpoint as a bare
 * origin. What is wrong stays as it is.
 */
export function settled(tree: Table, folder: string): Table {
  const absolute = (value: unknown): unknown =>
    typeof value === 'string' && value !== '' ? path.resolve(folder, value) : value;
  return mapLeaves(tree, [], ([table, field], value) => {
    switch (`${String(table)}.${String(field)}`) {
      case 'https.ca_file':
      case 'trust.root':
      case 'unc.mounts':
        return absolute(value);
      case 's3.endpoint':
        return typeof value === 'string' && URL.canParse(value) ? new URL(value).origin : value;
      default:
        return value;
    }
  });
}

function mapLeaves(
  table: Table,
  at: readonly string[],
  change: (path: readonly string[], value: unknown) => unknown,
): Table {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => {
      const path = [...at, key];
      return [key, isTable(value) ? mapLeaves(value, path, change) : change(path, value)];
    }),
  );
}
