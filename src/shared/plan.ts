import type { Builtin, LocalizedText } from './stage.ts';

/**
 * An execution plan after it was read and checked: defaults filled in, nothing left to doubt.
 * Field names are those of the plan format (plan contract, section 1); they are never renamed.
 */

export type OnFailure = 'ask' | 'skip' | 'stop';
export type LocationType = 'local' | 's3' | 'https' | 'unc';
export type UpdateFrom = 's3' | 'local' | 'unc';

/** When does a plugin take part? When `flag` is `true`, or has the variant `is`. */
export interface FlagCondition {
  readonly flag: string;
  readonly is?: string;
}

/** What sequencing needs to know of any plugin, core or not. */
export interface SequencedPlugin {
  readonly name: string;
  readonly plugin_route: string;
  readonly plugin_description?: LocalizedText;
  readonly team_name?: string;
  readonly engineering_contact_email?: string;
  readonly operation_contact_email?: string;
  readonly run_async: boolean;
  readonly visible_in_ui: boolean;
  readonly run_after_event_name?: string;
  readonly completed_event_name?: string;
  readonly on_failure: OnFailure;
  readonly retries: number;
  readonly timeout_seconds?: number;
  readonly when_flag?: FlagCondition;
}

/** A plugin of the plan. */
export interface PluginEntry extends SequencedPlugin {
  readonly version: string;
  readonly plugin_location_type: LocationType;
  readonly plugin_base_path: string;
  readonly sha256?: string;
}

/** A plugin of `core.toml`: built into the app, run in file order. */
export interface CorePluginEntry extends SequencedPlugin {
  readonly builtin: Builtin;
  /** May a person skip it after a failure? */
  readonly skippable: boolean;
  /** After it, Back ends. */
  readonly no_return: boolean;
}

/** A flag definition in flagd's shape. */
export interface FlagDefinition {
  readonly state: 'ENABLED' | 'DISABLED';
  readonly variants: { readonly [variant: string]: unknown };
  readonly defaultVariant: string;
  readonly targeting?: unknown;
}

/** A plan without errors. Only an `ActivePlan` can be run. */
export interface CheckedPlan {
  readonly general: {
    readonly product_family: string;
    readonly execution_plan_version: string;
    readonly update_from: UpdateFrom;
    /** Without trailing slashes. */
    readonly update_path_root: string;
    readonly revision: number;
  };
  readonly plugins: readonly PluginEntry[];
  readonly handoff_events: readonly string[];
  readonly flags: { readonly [flag: string]: FlagDefinition };
}

/** The device maker's fixed sequence, from `core.toml`. */
export interface CheckedCore {
  readonly plugins: readonly CorePluginEntry[];
}
