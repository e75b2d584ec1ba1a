/**
 * Where an object, or a folder of objects, lies, once a plan's words were read and the device's own
 * configuration was applied to them. Plain data: it is handed to other processes.
 */
export type Place =
  | FilePlace
  /** `key` without a leading slash. What is absent is the device configuration's to say. */
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly key: string;
      readonly region?: string;
      /** Origin of the server, such as `https://s3.eu-central-1.amazonaws.com`. */
      readonly endpoint?: string;
      readonly pathStyle?: boolean;
    }
  | { readonly kind: 'https'; readonly url: string };

/** In a folder, on a mounted share, on a USB stick. */
export interface FilePlace {
  readonly kind: 'file';
  readonly path: string;
  /** Must be there for `path` to be called missing. */
  readonly root: string;
  /** The `\\server\share` that is to be mounted at `root`, so that a failure can say that it is not. */
  readonly share?: string;
}

export type S3Place = Extract<Place, { readonly kind: 's3' }>;
export type HttpsPlace = Extract<Place, { readonly kind: 'https' }>;
