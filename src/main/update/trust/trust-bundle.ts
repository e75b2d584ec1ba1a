import * as v from 'valibot';

/** Metadata of one repository, as it was verified last, in the exact text that was signed. */
const repositorySchema = v.object({
  /** `{product_family}/{execution_plan_version}`: each plan's folder counts its own versions. */
  name: v.string(),
  timestamp: v.optional(v.string()),
  snapshot: v.optional(v.string()),
  targets: v.optional(v.string()),
});

const bundleSchema = v.object({
  /** The links after the shipped root, oldest first. */
  roots: v.array(v.string()),
  /** The keys that `repositories` and `signedAt` were verified with (`onlineKeysOf`). */
  onlineKeys: v.string(),
  /** RFC 3339. The newest signed time of a whole verified set: the time floor. */
  signedAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  /** The one refreshed last is last. */
  repositories: v.array(repositorySchema),
});

/**
 * What a home keeps of verified metadata. One file, so that a power cut cannot leave a root of one
 * refresh beside a timestamp of another.
 */
export type TrustBundle = v.InferOutput<typeof bundleSchema>;
export type KeptRepository = v.InferOutput<typeof repositorySchema>;

/** A device has one plan's folder, another after new firmware; more are only met on a bench. */
const MAX_REPOSITORIES = 8;

export const EMPTY_BUNDLE: TrustBundle = { roots: [], onlineKeys: '', repositories: [] };

export function decodeBundle(json: unknown): TrustBundle | undefined {
  const parsed = v.safeParse(bundleSchema, json);
  return parsed.success ? parsed.output : undefined;
}

export function encodeBundle(bundle: TrustBundle): string {
  return `${JSON.stringify(bundle, undefined, 1)}\n`;
}

/** Puts a repository last; the one that was not refreshed for longest may have to go. */
export function withRepository(bundle: TrustBundle, repository: KeptRepository): TrustBundle {
  const others = bundle.repositories.filter(({ name }) => name !== repository.name);
  return { ...bundle, repositories: [...others, repository].slice(-MAX_REPOSITORIES) };
}
