import { isDeepStrictEqual } from 'node:util';
import type { Failure } from '#shared';
import type { KeyRing } from './key-ring.ts';
import type { PreparedPlan } from './prepare-plan.ts';
import type { Published } from './published.ts';

/**
 * May this plan follow what is published, signed by these keys? Says what forbids it: a revision that is
 * not higher, other keys, or no keys where devices expect some.
 */
export function checkSuccession(what: {
  readonly folder: string;
  readonly prepared: PreparedPlan;
  readonly published: Published;
  readonly ring: KeyRing | undefined;
}): Failure | undefined {
  const { folder, prepared, published, ring } = what;
  if (ring === undefined && published.signed !== undefined) {
    return {
      code: 'publish/no-keys',
      message: `${folder} is signed, and devices that know its root would not see an unsigned plan.`,
      hint: 'Publish with --keys, or to another folder.',
    };
  }
  return (ring && foreignKeys(folder, published, ring)) ?? oldRevision(prepared, published);
}

/** The roots that devices may have must be those that the keys grew from. */
function foreignKeys(folder: string, { roots }: Published, ring: KeyRing): Failure | undefined {
  const known = new Map(ring.roots.map((root) => [root.version, root]));
  const foreign = roots.find((root) => {
    const own = known.get(root.version);
    return own === undefined || !isDeepStrictEqual(own.metadata.toJSON(), root.metadata.toJSON());
  });
  if (foreign === undefined) return undefined;
  return {
    code: 'publish/bad-repository',
    message: `${folder} was signed by other keys: its ${foreign.version}.root.json is not that of ${ring.folder}.`,
    hint: 'Publish with the keys that it was signed with, after the last rotation.',
  };
}

function oldRevision(
  { plan, digest }: PreparedPlan,
  { plan: before }: Published,
): Failure | undefined {
  const { revision } = plan.general;
  if (before === undefined || before.digest === digest || revision > before.revision) {
    return undefined;
  }
  const message =
    revision === before.revision
      ? `Revision ${revision} is published already, with other content (digest ${before.digest.slice(0, 12)}; this plan, pinned, has ${digest.slice(0, 12)}).`
      : `The plan has revision ${revision}, but revision ${before.revision} is published already.`;
  return {
    code: 'publish/old-revision',
    message,
    hint: `Set revision = ${before.revision + 1} in [general].`,
  };
}
