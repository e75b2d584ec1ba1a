/**
 * The part of `tuf-js` that decides: its store of verified metadata, and its errors. Loaded when first
 * needed, since start-up time counts.
 *
 * Its `Updater` is left aside: it reads the system's clock, writes files that a power cut tears,
 * and turns what the store found wrong with a snapshot or with targets into text. What it adds to the
 * store, the order of fetches, is `refresh-metadata.ts`.
 */
export async function loadTuf() {
  const [store, errors, models] = await Promise.all([
    import('tuf-js/dist/store.js'),
    import('tuf-js/dist/error.js'),
    import('@tufjs/models/dist/error.js'),
  ]);
  return {
    TrustedMetadataStore: store.TrustedMetadataStore,
    BadVersionError: errors.BadVersionError,
    EqualVersionError: errors.EqualVersionError,
    ExpiredMetadataError: errors.ExpiredMetadataError,
    UnsignedMetadataError: models.UnsignedMetadataError,
    LengthOrHashMismatchError: models.LengthOrHashMismatchError,
  };
}

export type Tuf = Awaited<ReturnType<typeof loadTuf>>;
export type TufStore = InstanceType<Tuf['TrustedMetadataStore']>;

/** Has the store judge dates by this time. It takes the system's, and offers no other way. */
export function judgeDatesBy(store: TufStore, time: number): void {
  store['referenceTime'] = new Date(time);
}
