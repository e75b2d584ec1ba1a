/** What `plan graph` can write. */
export const GRAPH_FORMATS = ['mermaid', 'svg', 'json'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
