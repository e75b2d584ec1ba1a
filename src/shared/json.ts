/** A value that survives JSON. Everything that crosses a border is made of these. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object: answers, drafts, route bodies. */
export type JsonObject = { readonly [key: string]: Json | undefined };
