import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import { Delegations } from '@tufjs/models/dist/delegations.js';
import { DelegatedRole } from '@tufjs/models/dist/role.js';

/** The names of files below a plan's folder, and their bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface TestKey {
  readonly key: Key;
  sign(bytes: Uint8Array): Signature;
}

/** An Ed25519 key. */
export function testKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const keyID = sha256Of(Buffer.from(hex));
  return {
    key: new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: hex } }),
    sign: (bytes) =>
      new Signature({ keyID, sig: sign(undefined, bytes, privateKey).toString('hex') }),
  };
}

/** The same key under another id. */
export function sameKeyAs(one: TestKey, keyID: string): TestKey {
  const { keyType, scheme, keyVal } = one.key;
  return {
    key: new Key({ keyID, keyType, scheme, keyVal }),
    sign: (bytes) => new Signature({ keyID, sig: one.sign(bytes).sig }),
  };
}

export type TestRole = 'root' | 'targets' | 'snapshot' | 'timestamp';
export type TestKeys = { readonly [role in TestRole]: readonly TestKey[] };

/** One key for each role, apart from those that are given. */
export function testKeys(given: Partial<TestKeys> = {}): TestKeys {
  return {
    root: [testKey()],
    targets: [testKey()],
    snapshot: [testKey()],
    timestamp: [testKey()],
    ...given,
  };
}

/** `N.root.json` for `keys`, signed by them and by `alsoBy`, or only by `onlyBy`. */
export function testRoot(
  keys: TestKeys,
  options: {
    readonly version?: number;
    readonly expires?: string;
    readonly thresholds?: Partial<Record<TestRole, number>>;
    readonly alsoBy?: readonly TestKey[];
    readonly onlyBy?: readonly TestKey[];
  } = {},
): Files {
  const { version = 1, expires = '2040-01-01T00:00:00Z', thresholds = {}, alsoBy = [] } = options;
  const root = new Root({ version, specVersion: '1.0.31', expires, consistentSnapshot: true });
  for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const) {
    for (const { key } of keys[role]) root.addKey(key, role);
    const of = root.roles[role];
    if (of !== undefined) Object.assign(of, { threshold: thresholds[role] ?? 1 });
  }
  const bytes = signedBy(root, options.onlyBy ?? [...keys.root, ...alsoBy]);
  return new Map([[`metadata/${version}.root.json`, bytes]]);
}

export interface TestRelease {
  /** Of all three roles, or of each. Default 1. */
  readonly version?: number | { readonly [role in Exclude<TestRole, 'root'>]: number };
  readonly plan?: string;
  /** Further targets, by path. */
  readonly plugins?: { readonly [path: string]: string };
  /** Further targets that only a delegated role `extra` names. */
  readonly delegated?: { readonly [path: string]: string };
  /** Says of metadata files only their versions, which TUF allows. */
  readonly onlyVersions?: boolean;
  /** RFC 3339. Default: all in 2032. */
  readonly expires?: Partial<Record<TestRole, string>>;
  /** RFC 3339; `undefined` leaves the field out. */
  readonly signedAt?: string | undefined;
  /** Who really signs. */
  readonly signers?: Partial<TestKeys>;
}

/** Publishes a plan: targets, snapshot, timestamp and the files that they name. No root. */
export function testRelease(keys: TestKeys, release: TestRelease = {}): Files {
  const { version = 1, plan = 'plan', plugins = {}, expires = {}, signers = {} } = release;
  const versions =
    typeof version === 'number'
      ? { targets: version, snapshot: version, timestamp: version }
      : version;
  const by = { ...keys, ...signers };
  const common = (role: Exclude<TestRole, 'root'>) => ({
    specVersion: '1.0.31',
    version: versions[role],
    expires: expires[role] ?? '2032-01-01T00:00:00Z',
  });

  const metaOf = (of: number, bytes: Uint8Array) =>
    new MetaFile({ version: of, ...(release.onlyVersions === true ? {} : fingerprint(bytes)) });

  const contents = Object.entries({ 'execution_plan.toml': plan, ...plugins });
  const extra = Object.entries(release.delegated ?? {});
  const delegations =
    extra.length === 0 ? {} : { delegations: delegationTo('extra', keys.targets) };
  const targets = targetsOf({ ...common('targets'), ...delegations }, contents);
  const targetsBytes = signedBy(targets, by.targets);
  const extraBytes = signedBy(targetsOf(common('targets'), extra), by.targets);

  const snapshot = new Snapshot({
    ...common('snapshot'),
    meta: {
      'targets.json': metaOf(versions.targets, targetsBytes),
      ...(extra.length === 0 ? {} : { 'extra.json': new MetaFile({ version: versions.targets }) }),
    },
  });
  const snapshotBytes = signedBy(snapshot, by.snapshot);

  const signedAt = 'signedAt' in release ? release.signedAt : '2031-01-01T00:00:00Z';
  const timestamp = new Timestamp({
    ...common('timestamp'),
    snapshotMeta: metaOf(versions.snapshot, snapshotBytes),
    unrecognizedFields: signedAt === undefined ? {} : { 'x-firstlight-signed-at': signedAt },
  });
  return new Map([
    ...[...contents, ...extra].map(([path, content]) => published(path, Buffer.from(content))),
    ...(extra.length === 0
      ? []
      : [[`metadata/${versions.targets}.extra.json`, extraBytes] as const]),
    [`metadata/${versions.targets}.targets.json`, targetsBytes],
    [`metadata/${versions.snapshot}.snapshot.json`, snapshotBytes],
    ['metadata/timestamp.json', signedBy(timestamp, by.timestamp)],
  ]);
}

function targetsOf(
  common: ConstructorParameters<typeof Targets>[0],
  contents: readonly (readonly [string, string])[],
): Targets {
  const targets = new Targets(common);
  for (const [path, content] of contents)
    targets.addTarget(new TargetFile({ path, ...fingerprint(Buffer.from(content)) }));
  return targets;
}

function delegationTo(name: string, keys: readonly TestKey[]): Delegations {
  const keyIDs = keys.map(({ key }) => key.keyID);
  const role = new DelegatedRole({
    name,
    keyIDs,
    threshold: 1,
    terminating: false,
    paths: ['*/*'],
  });
  return new Delegations({
    keys: Object.fromEntries(keys.map(({ key }) => [key.keyID, key])),
    roles: { [name]: role },
  });
}

/** The bytes of metadata with its signatures. */
function signedBy(
  signed: Root | Targets | Snapshot | Timestamp,
  keys: readonly TestKey[],
): Uint8Array {
  const metadata = new Metadata(signed);
  for (const key of keys) metadata.sign((bytes) => key.sign(bytes));
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}

/** All that lies in the folders, the later ones over the earlier. */
export function merged(...folders: readonly Files[]): Map<string, Uint8Array> {
  return new Map(folders.flatMap((folder) => [...folder]));
}

function fingerprint(bytes: Uint8Array) {
  return { length: bytes.length, hashes: { sha256: sha256Of(bytes) } };
}

function published(path: string, bytes: Uint8Array): [string, Uint8Array] {
  const base = path.lastIndexOf('/') + 1;
  return [`${path.slice(0, base)}${sha256Of(bytes)}.${path.slice(base)}`, bytes];
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
