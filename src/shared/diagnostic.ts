/** One finding about a plan (plan contract, section 2) or about the device configuration. */
export interface Diagnostic {
  readonly rule: Rule;
  readonly severity: 'error' | 'warning';
  /** What is wrong, in words, with the offending value. */
  readonly message: string;
  /** 1-based, of the value or the nearest key. */
  readonly line: number;
  readonly column: number;
  /** Such as `plugins[1].name`; empty for the file as a whole. */
  readonly path: string;
  /** The likely mend, where there is one. */
  readonly hint?: string;
}

/** Every rule for plans with its severity and what it means; `docs/errors.md` mirrors it. */
export const PLAN_RULES = {
  'plan/unreadable': { severity: 'error', meaning: 'The file cannot be read.' },
  'plan/not-utf8': { severity: 'error', meaning: 'The file is not UTF-8 text.' },
  'plan/too-large': { severity: 'error', meaning: 'The file is over 1 MiB.' },
  'plan/syntax': { severity: 'error', meaning: 'The file is not TOML.' },
  'plan/missing-field': { severity: 'error', meaning: 'A required field is absent.' },
  'plan/wrong-type': { severity: 'error', meaning: 'A value has the wrong type.' },
  'plan/unknown-value': { severity: 'error', meaning: 'A value is not one of those allowed.' },
  'plan/bad-value': {
    severity: 'error',
    meaning: 'A value of the right type is outside its range or pattern.',
  },
  'plan/unsafe-value': {
    severity: 'error',
    meaning: 'A value could leave its folder, has a control character or is over-long.',
  },
  'plan/duplicate-name': { severity: 'error', meaning: 'Two plugins have one name.' },
  'plan/duplicate-route': { severity: 'error', meaning: 'Two plugins have one route.' },
  'plan/reserved-name': {
    severity: 'error',
    meaning: 'A plugin takes the name or route of a core plugin.',
  },
  'plan/bad-flag': { severity: 'error', meaning: 'A flag definition is not usable.' },
  'plan/unknown-flag': { severity: 'error', meaning: 'A plugin names a flag that is not defined.' },
  'plan/unknown-field': { severity: 'warning', meaning: 'A field that no rule knows is ignored.' },
  'plan/never-starts': {
    severity: 'warning',
    meaning: 'Nobody raises the event that a plugin waits for.',
  },
  'plan/event-cycle': { severity: 'warning', meaning: 'Plugins wait for each other in a circle.' },
  'plan/handoff-never-raised': {
    severity: 'warning',
    meaning: 'Nobody raises a handoff event.',
  },
  'plan/duplicate-handoff': { severity: 'warning', meaning: 'A handoff event is named twice.' },
  'plan/no-handoff': {
    severity: 'warning',
    meaning: 'A chain of visible plugins ends without a handoff.',
  },
  'plan/bad-email': { severity: 'warning', meaning: 'A contact is not an e-mail address.' },
  'plan/completes-same-event': {
    severity: 'warning',
    meaning: 'Two plugins raise one event.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; meaning: string }>;

export type PlanRule = keyof typeof PLAN_RULES;

/** The rules for the device configuration; `docs/errors.md` mirrors them too. */
export const DEVICE_RULES = {
  'device/unreadable': { severity: 'error', meaning: 'The file cannot be read.' },
  'device/not-utf8': { severity: 'error', meaning: 'The file is not UTF-8 text.' },
  'device/too-large': { severity: 'error', meaning: 'The file is over 1 MiB.' },
  'device/syntax': { severity: 'error', meaning: 'The file is not TOML.' },
  'device/wrong-type': { severity: 'error', meaning: 'A value has the wrong type.' },
  'device/unknown-value': { severity: 'error', meaning: 'A value is not one of those allowed.' },
  'device/bad-value': {
    severity: 'error',
    meaning: 'A value of the right type cannot be used, or what it names is not there.',
  },
  'device/unknown-field': {
    severity: 'warning',
    meaning: 'A field or environment variable that no rule knows is ignored.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; meaning: string }>;

export type DeviceRule = keyof typeof DEVICE_RULES;

export type Rule = PlanRule | DeviceRule;

export const RULES = { ...PLAN_RULES, ...DEVICE_RULES };
