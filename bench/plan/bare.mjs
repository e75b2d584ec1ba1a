// What the two libraries cost by themselves: read the same two files, parse, and validate types against
// equivalent schemas, with no rule, no message and no position.
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import * as v from 'valibot';

const text = v.string();
const sequenced = {
  name: text,
  plugin_route: text,
  plugin_description: v.optional(v.union([text, v.record(text, text)])),
  team_name: v.optional(text),
  engineering_contact_email: v.optional(text),
  operation_contact_email: v.optional(text),
  run_async: v.optional(v.boolean(), false),
  visible_in_ui: v.optional(v.boolean(), true),
  completed_event_name: v.optional(text),
  on_failure: v.optional(v.picklist(['ask', 'skip', 'stop'])),
  retries: v.optional(v.number(), 2),
  timeout_seconds: v.optional(v.number()),
  when_flag: v.optional(v.union([text, v.object({ flag: text, is: v.optional(text) })])),
};

const core = v.object({
  plugins: v.array(
    v.object({
      ...sequenced,
      builtin: text,
      skippable: v.optional(v.boolean(), false),
      no_return: v.optional(v.boolean(), false),
    }),
  ),
});

const plan = v.object({
  general: v.object({
    product_family: text,
    execution_plan_version: text,
    update_from: v.picklist(['s3', 'local', 'unc']),
    update_path_root: text,
    revision: v.optional(v.number(), 0),
  }),
  plugins: v.optional(
    v.array(
      v.object({
        ...sequenced,
        version: text,
        plugin_location_type: v.picklist(['local', 's3', 'https', 'unc']),
        plugin_base_path: text,
        run_after_event_name: v.optional(text),
        sha256: v.optional(text),
      }),
    ),
    [],
  ),
  handoffs: v.optional(v.object({ handoff_events: v.optional(v.array(text), []) })),
  flags: v.optional(v.record(text, v.unknown())),
});

export function load(planPath, corePath) {
  const files = [read(core, corePath), read(plan, planPath)];
  const [, result] = files;
  return Promise.resolve(files.every(({ success }) => success) ? result.output.plugins.length : -1);
}

function read(schema, path) {
  return v.safeParse(schema, parse(readFileSync(path, 'utf8')));
}
