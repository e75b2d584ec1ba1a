import * as v from 'valibot';

/** The `"firstlight"` object of a plugin's `package.json` (plan contract, section 6). */
const permissionsSchema = v.object({
  /** Programs it starts. */
  commands: v.optional(v.array(v.string())),
  /** Hosts it talks to. */
  network: v.optional(v.array(v.string())),
  /** Paths it reads or writes beyond its own folder and storage. */
  files: v.optional(v.array(v.string())),
  /** Does it keep files? `ctx.dataFolder` is a folder of its own for them. */
  dataFolder: v.optional(v.boolean()),
});

export const manifestSchema = v.object({
  apiVersion: v.literal(1),
  /** Its ES module, relative to the package. */
  main: v.pipe(v.string(), v.minLength(1)),
  /** Folder of its screen, relative to the package. */
  web: v.optional(v.pipe(v.string(), v.minLength(1))),
  permissions: v.optional(permissionsSchema),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

/** What is used of a plugin's `package.json`. */
export const pluginPackageSchema = v.object({
  name: v.string(),
  version: v.string(),
  firstlight: manifestSchema,
});
