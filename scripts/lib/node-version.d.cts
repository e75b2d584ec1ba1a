/** What to tell somebody whose Node is too old, or undefined where it will do. */
export function complaintAbout(version: string): string | undefined;
