import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metadata, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';
import { readKeyRing, type KeyRing } from './key-ring.ts';
import { roleKeysOf } from './make-keys.ts';
import { readPublished } from './published.ts';
import { forEachRole, type Role } from './roles.ts';
import { parseRoot } from './root-chain.ts';
import { isVouchedFor } from './sign-metadata.ts';
import { writing } from './write-file.ts';

/** What one folder says about who signs for what. */
export interface TrustReport {
  readonly folder: string;
  /** A folder of keys, a published plan, or a root of trust as a device has it. */
  readonly kind: 'keys' | 'repository' | 'root';
  readonly rootVersion: number;
  readonly roles: { readonly [role in Role]: RoleReport };
}

/** What is known of a role in that folder. */
export interface RoleReport {
  readonly threshold: number;
  readonly keys: readonly KeyReport[];
  /** Of the role's metadata, where the folder holds it; RFC 3339 for the date. */
  readonly metadata?: {
    readonly version: number;
    readonly expires: string;
    readonly isExpired: boolean;
    /** By a threshold of the keys that the newest root names? */
    readonly isSigned: boolean;
  };
}

export interface KeyReport {
  readonly id: string;
  readonly scheme: string;
  /** Where the key itself is at hand: what it is called there. */
  readonly name?: string;
}

/**
 * Says who signs for what: for a folder of keys, for a published plan or all below a folder that plans
 * are published to, or for a device's root of trust. Fails with `publish/no-keys` where there is
 * nothing of the kind, and as `readKeyRing` and `readPublished` do.
 */
export function showTrust(
  folder: string,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<Result<readonly TrustReport[]>> {
  return writing(folder, async () => {
    const names = await namesIn(folder);
    if (names.includes('metadata')) return single(await repositoryReport(folder, now()));
    if (names.some((name) => /^\d+\.root\.json$/.test(name))) {
      return single(await keysReport(folder, now()));
    }
    if (names.includes('root.json')) return single(await rootReport(folder, now()));
    const reports: TrustReport[] = [];
    if (names.length === 0) return nothingThere(folder);
    for (const below of await plansBelow(folder)) {
      const report = await repositoryReport(below, now());
      if (!report.ok) return report;
      reports.push(report.value);
    }
    return reports.length > 0 ? ok(reports) : nothingThere(folder);
  });
}

function single(report: Result<TrustReport>): Result<readonly TrustReport[]> {
  return report.ok ? ok([report.value]) : report;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return [];
    throw thrown;
  }
}

/** `FAMILY/VERSION` of the signed plans in a folder. */
async function plansBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const family of await foldersIn(folder)) {
    for (const version of await foldersIn(family)) {
      const names = await readdir(version);
      if (names.includes('metadata')) found.push(version);
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
}

async function keysReport(folder: string, now: number): Promise<Result<TrustReport>> {
  const ring = await readKeyRing(folder);
  if (!ring.ok) return ring;
  const { metadata } = ring.value.newest;
  return ok(report({ folder, kind: 'keys', root: metadata, signers: ring.value.signers, now }));
}

async function rootReport(folder: string, now: number): Promise<Result<TrustReport>> {
  const file = path.join(folder, 'root.json');
  const root = parseRoot(await readFile(file));
  if (!root.ok) {
    return fail({ code: 'publish/bad-keys', message: `${file} cannot be used: ${root.failure}.` });
  }
  return ok(report({ folder, kind: 'root', root: root.value.metadata, now }));
}

async function repositoryReport(folder: string, now: number): Promise<Result<TrustReport>> {
  const published = await readPublished(folder);
  if (!published.ok) return published;
  const { roots, signed } = published.value;
  const root = roots.at(-1)?.metadata;
  if (root === undefined || signed === undefined) return nothingThere(folder);
  return ok(report({ folder, kind: 'repository', root, signed, now }));
}

function report(what: {
  readonly folder: string;
  readonly kind: TrustReport['kind'];
  readonly root: Metadata<Root>;
  readonly signed?: { readonly [role in Exclude<Role, 'root'>]: AnyMetadata };
  readonly signers?: KeyRing['signers'];
  readonly now: number;
}): TrustReport {
  const { folder, kind, root, signed, signers, now } = what;
  const all: { readonly [role in Role]?: AnyMetadata } = { ...signed, root };
  return {
    folder,
    kind,
    rootVersion: root.signed.version,
    roles: forEachRole((role) => {
      const { keys, threshold } = roleKeysOf(root, role);
      const metadata = all[role];
      return {
        threshold,
        keys: keys.map(({ keyID: id, scheme }) => {
          const name = signers?.get(id)?.name;
          return { id, scheme, ...(name === undefined ? {} : { name }) };
        }),
        ...(metadata === undefined ? {} : { metadata: stateOf(metadata, { root, role, now }) }),
      };
    }),
  };
}

type AnyMetadata = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

function stateOf(
  metadata: AnyMetadata,
  by: { readonly root: Metadata<Root>; readonly role: Role; readonly now: number },
): NonNullable<RoleReport['metadata']> {
  const { version, expires } = metadata.signed;
  return {
    version,
    expires,
    isExpired: metadata.signed.isExpired(new Date(by.now)),
    isSigned: isVouchedFor(by.root, by.role, metadata),
  };
}

function nothingThere(folder: string): Result<never> {
  return fail({
    code: 'publish/no-keys',
    message: `${folder} holds neither keys nor a signed plan.`,
    hint: `Make keys with \`firstlight trust init ${folder}\`.`,
  });
}
