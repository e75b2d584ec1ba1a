import path from 'node:path';
import { MAX_PLAN_BYTES } from '../plan/decode.ts';
import type { Finding } from '../plan/finding.ts';
import { isTable } from '../plan/tree.ts';
import { quote } from '../plan/words.ts';
import { parseJson } from '../state/parse-json.ts';
import { readPlanFile } from '../state/plan-file.ts';
import type { Leaf } from './fields.ts';

/**
 * Are the files there that a value names, and are they what they should be? Asked at start rather than
 * at the first download, when nobody looks. Only for values in force, with absolute paths.
 */
export async function checkNamedFile({ path: at, value }: Leaf): Promise<readonly Finding[]> {
  if (typeof value !== 'string') return [];
  const problem = await problemOf(at.join('.'), value);
  if (problem === undefined) return [];
  return [{ rule: 'device/bad-value', path: at, ...problem }];
}

interface Problem {
  readonly message: string;
  readonly hint?: string;
}

function problemOf(field: string, value: string): Promise<Problem | undefined> {
  switch (field) {
    case 'https.ca_file':
      return authoritiesProblem(value);
    case 'trust.root':
      return rootProblem(value);
    default:
      return Promise.resolve(undefined);
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

async function authoritiesProblem(file: string): Promise<Problem | undefined> {
  const read = await readPlanFile(file);
  if (!read.ok) return { message: `"ca_file" cannot be used: ${read.diagnostic.message}` };
  if (read.bytes.length > MAX_PLAN_BYTES)
    return { message: `"ca_file" is ${quote(file)}, which has over 1 MiB` };
  const certificates = Buffer.from(read.bytes).toString('latin1').match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    return {
      message: `"ca_file" is ${quote(file)}, which holds no certificate in PEM form`,
      hint: 'Convert one in DER form with: openssl x509 -inform der -in FILE -out FILE.pem',
    };
  }
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      const which = `certificate ${index + 1} of ${certificates.length}`;
      return { message: `"ca_file" is ${quote(file)}, whose ${which} cannot be read` };
    }
  }
  return undefined;
}

async function rootProblem(folder: string): Promise<Problem | undefined> {
  const read = await readPlanFile(path.join(folder, 'root.json'));
  if (!read.ok) {
    return {
      message: `"root" is ${quote(folder)}, but ${read.diagnostic.message}`,
      hint: 'Name the folder that holds root.json; `firstlight trust init` makes one.',
    };
  }
  const json = parseJson(read.bytes);
  const signed = isTable(json) ? json.signed : undefined;
  if (isTable(signed) && signed._type === 'root') return undefined;
  return { message: `"root" is ${quote(folder)}, whose root.json is no TUF root` };
}
