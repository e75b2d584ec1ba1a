import * as v from 'valibot';
import { BUILTINS } from './stage.ts';
import type { CheckedCore, CheckedPlan, CorePluginEntry, OnFailure, PluginEntry } from './plan.ts';
import * as text from './text-rules.ts';

/**
 * The one description of both plan formats (plan contract, sections 1 and 3). Loading, the JSON
 * Schemas in `resources/schema/` and the table in `docs/plans.md` all come from here. What needs more
 * than one field (names that are taken, events that nobody raises) is checked in `src/main/plan/`.
 *
 * Not part of the barrel: a renderer has no need of it, and would pay for it.
 */

/** What can be wrong with a value of the right type. The checker has the rule and words for each. */
export type SchemaProblem =
  | 'over-long'
  | 'not-a-line'
  | 'not-a-paragraph'
  | 'not-a-segment'
  | 'not-a-route'
  | 'not-a-language'
  | 'not-a-digest'
  | 'not-an-integer'
  | 'out-of-range'
  | 'empty'
  | 'core-is-sequential'
  | 'skips-unskippable';

// Valibot carries a message per check; ours is the name of the problem, spelled by the compiler.
export const problem = (name: SchemaProblem): SchemaProblem => name;

/**
 * A text by length and pattern. Two checks and no more: this runs for each text of a plan before the
 * first screen, and what exactly is wrong with one is found out when there is something wrong.
 */
const bounded = (max: number, pattern: RegExp, name: SchemaProblem) =>
  v.pipe(
    v.string(),
    v.maxLength<string, number, SchemaProblem>(max, problem('over-long')),
    v.regex(pattern, name),
  );

const { TEXT_LIMITS: limits } = text;
/** One line of text, not empty. */
export const line = (max: number) => bounded(max, text.LINE_PATTERN, 'not-a-line');
/** One line that may be empty: older plans fill in contacts they don't have as `""`. */
const contact = bounded(limits.contact, text.OPTIONAL_LINE_PATTERN, 'not-a-line');
/** One segment of a path, or a name that could be one. */
export const segment = bounded(limits.segment, text.SEGMENT_PATTERN, 'not-a-segment');
const route = bounded(limits.segment, text.ROUTE_PATTERN, 'not-a-route');
const paragraph = bounded(limits.description, text.PARAGRAPH_PATTERN, 'not-a-paragraph');

const localizedText = v.union([
  paragraph,
  v.record(
    v.pipe(v.string(), v.regex(text.LANGUAGE_PATTERN, problem('not-a-language'))),
    paragraph,
  ),
]);

/** A whole number in a range. */
export const whole = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer(problem('not-an-integer')),
    v.minValue(min, problem('out-of-range')),
    v.maxValue(max, problem('out-of-range')),
  );

/** A timer of Node and of browsers cannot wait longer, and would fire at once instead. */
const LONGEST_TIMER_SECONDS = 2_147_483;

const event = line(limits.name);

const flagCondition = v.union([
  line(limits.name),
  v.object({
    flag: v.pipe(line(limits.name), v.description('Name of a flag defined in `[flags]`.')),
    is: v.exactOptional(
      v.pipe(
        line(limits.name),
        v.description('The variant that the flag must have. Left out, the flag must be `true`.'),
      ),
    ),
  }),
]);

/** Fields that plugins of a plan and core plugins have in common. */
const sequenced = {
  name: v.pipe(
    segment,
    v.description(
      'Name of the plugin, unique in the plan and not a core plugin’s. Letters, digits, `.`, `_`, `-`.',
    ),
  ),
  plugin_route: v.pipe(
    route,
    v.description(
      'Where its screen and routes answer: one URL segment of lower-case letters, digits, `-`, `_`. Unique, and not a core route.',
    ),
  ),
  plugin_description: v.exactOptional(
    v.pipe(
      localizedText,
      v.description(
        'Shown while the plugin works: a text, or a table of language tag to text such as `{ en = "…", de = "…" }`.',
      ),
    ),
  ),
  team_name: v.exactOptional(
    v.pipe(contact, v.description('Team that answers for the plugin. On the failure screen.')),
  ),
  engineering_contact_email: v.exactOptional(
    v.pipe(contact, v.description('E-mail address of the engineers. In logs.')),
  ),
  operation_contact_email: v.exactOptional(
    v.pipe(contact, v.description('E-mail address for operations. On the failure screen.')),
  ),
  visible_in_ui: v.optional(
    v.pipe(v.boolean(), v.description('Does it have a screen? `false` is headless work.')),
    true,
  ),
  completed_event_name: v.exactOptional(
    v.pipe(event, v.description('Event raised when the plugin is done. Left out: none.')),
  ),
  retries: v.optional(
    v.pipe(
      whole(0, 10),
      v.description('Automatic retries after a failure, with growing pauses in between.'),
    ),
    2,
  ),
  timeout_seconds: v.exactOptional(
    v.pipe(
      v.number(),
      v.gtValue(0, problem('out-of-range')),
      v.maxValue(LONGEST_TIMER_SECONDS, problem('out-of-range')),
      v.description(
        'Time limit for the plugin’s own work, in seconds. A person’s reading time does not count.',
      ),
    ),
  ),
  when_flag: v.exactOptional(
    v.pipe(
      flagCondition,
      v.description(
        'Takes part only when this flag is `true` on the device, or has the variant `is`. Else it is skipped at its event, and its completed event is raised all the same.',
      ),
      v.transform((condition) => (typeof condition === 'string' ? { flag: condition } : condition)),
    ),
  ),
};

const onFailure = v.exactOptional(
  v.pipe(
    v.picklist(['ask', 'skip', 'stop']),
    v.description(
      'What happens when all retries are spent: `ask` the person (Retry or Skip), `skip` it, or `stop` setup. Left out: `ask` for a visible plugin, `skip` for a headless one.',
    ),
  ),
);

/** `[[plugins]]` of a plan. */
export const pluginSchema = v.pipe(
  v.object({
    ...sequenced,
    version: v.pipe(
      line(limits.segment),
      v.description('Version of the plugin, as in its own package.'),
    ),
    plugin_location_type: v.pipe(
      v.picklist(['local', 's3', 'https', 'unc']),
      v.description('Kind of place that `plugin_base_path` names.'),
    ),
    plugin_base_path: v.pipe(
      line(limits.place),
      v.description(
        'Where the plugin is: a path in the plugins folder (`local`), `s3://bucket/key` (`s3`), an https address (`https`, `s3`), or `\\\\server\\share\\file.tgz` (`unc`).',
      ),
    ),
    run_async: v.optional(
      v.pipe(v.boolean(), v.description('Start beside the others instead of one after the other.')),
      false,
    ),
    run_after_event_name: v.exactOptional(
      v.pipe(
        event,
        v.description('Event that starts the plugin. Left out: it starts when the plan does.'),
      ),
    ),
    sha256: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(text.DIGEST_PATTERN, problem('not-a-digest')),
        v.description('SHA-256 digest of the plugin archive, 64 hex digits. Another is refused.'),
        v.toLowerCase(),
      ),
    ),
    on_failure: onFailure,
  }),
  v.title('Plugin'),
  v.transform(({ on_failure, ...plugin }): PluginEntry => {
    const fallback: OnFailure = plugin.visible_in_ui ? 'ask' : 'skip';
    return { ...plugin, on_failure: on_failure ?? fallback };
  }),
);

/** `[[plugins]]` of `core.toml`: they run in file order, so nothing says when. */
export const corePluginSchema = v.pipe(
  v.object({
    ...sequenced,
    builtin: v.pipe(
      v.picklist(BUILTINS),
      v.description('Which built-in screen and behaviour this is.'),
    ),
    skippable: v.optional(
      v.pipe(v.boolean(), v.description('May a person skip it after a failure?')),
      false,
    ),
    no_return: v.optional(
      v.pipe(v.boolean(), v.description('After it, Back ends: what came before is settled.')),
      false,
    ),
    run_async: v.optional(
      v.pipe(
        v.boolean(),
        v.check((value) => !value, problem('core-is-sequential')),
        v.description('Always `false`: core plugins run one after the other.'),
      ),
      false,
    ),
    on_failure: onFailure,
  }),
  v.forward(
    v.check(
      (plugin) => plugin.on_failure !== 'skip' || plugin.skippable,
      problem('skips-unskippable'),
    ),
    ['on_failure'],
  ),
  v.title('Core plugin'),
  v.transform(({ on_failure, ...plugin }): CorePluginEntry => {
    // Unlike a plan's plugin, a headless core one is not passed over unless the maker allows it.
    const fallback: OnFailure = plugin.visible_in_ui || !plugin.skippable ? 'ask' : 'skip';
    return { ...plugin, on_failure: on_failure ?? fallback };
  }),
);

/** One flag definition in flagd's shape. Targeting is judged by flagd itself, in `plan/flag-rules.ts`. */
const flagSchema = v.object({
  state: v.pipe(
    v.picklist(['ENABLED', 'DISABLED']),
    v.description('A disabled flag gives its default variant; its rule is not asked.'),
  ),
  variants: v.pipe(
    v.record(v.string(), v.unknown()),
    v.description('Named values: all booleans, all strings, all numbers or all tables.'),
  ),
  defaultVariant: v.pipe(
    line(limits.name),
    v.description('The variant for devices that targeting does not place.'),
  ),
  targeting: v.exactOptional(
    v.pipe(
      v.unknown(),
      v.description('JSON Logic rule with flagd’s operators, `fractional` among them.'),
    ),
  ),
  metadata: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description('Notes for people and tools. Not used on the device.'),
    ),
  ),
});

/** An execution plan: TOML tree in, `CheckedPlan` out. */
export const planSchema = v.pipe(
  v.object({
    general: v.pipe(
      v.object({
        product_family: v.pipe(
          segment,
          v.description('Product family of the devices. Letters, digits, `.`, `_`, `-`.'),
        ),
        execution_plan_version: v.pipe(
          segment,
          v.description('Version of this plan. Letters, digits, `.`, `_`, `-`.'),
        ),
        update_from: v.pipe(
          v.picklist(['s3', 'local', 'unc']),
          v.description('Kind of place that newer plans come from.'),
        ),
        update_path_root: v.pipe(
          line(limits.place),
          v.description(
            'Where newer plans are: `s3://bucket/prefix` or an S3 `https://` address (`s3`), a folder (`local`), or `\\\\server\\share\\folder` (`unc`).',
          ),
          v.transform((root) => root.replace(/(?<=.)\/+$/, '')),
        ),
        revision: v.optional(
          v.pipe(
            whole(0, Number.MAX_SAFE_INTEGER),
            v.description('Grows with every published change. A device refuses a lower one.'),
          ),
          0,
        ),
      }),
      v.description('What the plan is, and where newer ones come from.'),
    ),
    plugins: v.optional(
      v.pipe(v.array(pluginSchema), v.description('The plugins of the plan, in plan order.')),
      [],
    ),
    handoffs: v.exactOptional(
      v.pipe(
        v.object({
          handoff_events: v.optional(
            v.pipe(
              v.array(event),
              v.description('Events that hand control back to the core sequence.'),
            ),
            [],
          ),
        }),
        v.description('When the core sequence goes on.'),
      ),
    ),
    flags: v.exactOptional(
      v.pipe(
        v.record(line(limits.name), flagSchema),
        v.description('Feature flags, rollouts and experiments, as flagd defines them.'),
      ),
    ),
  }),
  v.title('Firstlight execution plan'),
  v.description('Which plugins take part in setting up a device, and when.'),
  v.transform(({ general, plugins, handoffs, flags }): CheckedPlan => ({
    general,
    plugins,
    handoff_events: handoffs?.handoff_events ?? [],
    flags: flags ?? {},
  })),
);

/** The device maker's `core.toml`: TOML tree in, `CheckedCore` out. */
export const coreSchema = v.pipe(
  v.object({
    plugins: v.pipe(
      v.array(corePluginSchema),
      v.minLength(1, problem('empty')),
      v.description('The core plugins, in the order they run.'),
    ),
  }),
  v.title('Firstlight core sequence'),
  v.description('The fixed sequence of built-in screens that a device maker ships.'),
  v.transform(({ plugins }): CheckedCore => ({ plugins })),
);
