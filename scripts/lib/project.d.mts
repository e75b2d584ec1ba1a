/** Root folder of the clone. */
export const ROOT: string;
/** The Node that the project brings along, else the one that runs this. */
export function projectNode(): string;
