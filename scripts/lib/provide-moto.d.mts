/** A Python that has moto, an S3 server, for the tests; or, in words, why there is none. */
export function provideMoto(options?: { readonly log?: (line: string) => void }): Promise<
  | {
      readonly ok: true;
      readonly python: string;
      /** To be set in its environment beside one's own. */
      readonly env: { readonly [name: string]: string };
    }
  | { readonly ok: false; readonly message: string }
>;
