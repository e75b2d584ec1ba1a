/** The roles of a TUF repository, in the order in which people read about them. */
export const ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type Role = (typeof ROLES)[number];

/** Days until signed metadata expires, unless the publisher says otherwise. */
export const DEFAULT_DAYS = {
  /** Devices that lay in a box for years must still take it. */
  root: 5 * 365,
  /** Signed only when a plan changes. */
  targets: 365,
  /** Timestamp and snapshot: how long somebody can hold a newer plan back unnoticed. */
  timestamp: 90,
} as const;

/** A table with a value for each role. */
export function forEachRole<T>(value: (role: Role) => T): { readonly [role in Role]: T } {
  return {
    root: value('root'),
    targets: value('targets'),
    snapshot: value('snapshot'),
    timestamp: value('timestamp'),
  };
}
