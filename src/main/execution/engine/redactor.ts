import type { Json } from '#shared';

const MASK = '***';

/**
 * Keeps what is secret out of everything that is written or shown. A secret of several lines is
 * looked for line by line too, since output arrives in lines.
 */
export class Redactor {
  /** Longest first: one secret may be a part of another. */
  #secrets: readonly string[] = [];

  /** From now on this value, and every text within it, is secret. */
  add(value: Json | undefined): void {
    const found = textsIn(value).flatMap((text) => [text, ...text.split('\n')]);
    const all = new Set([...this.#secrets, ...found.map((text) => text.trim())]);
    all.delete('');
    this.#secrets = longestFirst([...all]);
  }

  text(text: string): string {
    return masked(text, this.#secrets);
  }

  /** A text without what is secret to any of them. */
  static textFor(redactors: readonly Redactor[], text: string): string {
    return masked(text, longestFirst(redactors.flatMap((redactor) => redactor.#secrets)));
  }

  /** Does it hold something secret anywhere? */
  taints(value: Json | undefined): boolean {
    if (this.#secrets.length === 0) return false;
    const texts = [...textsIn(value), ...keysIn(value)];
    return texts.some((text) => this.#secrets.some((secret) => text.includes(secret)));
  }
}

function masked(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (clean.includes(secret)) clean = clean.replaceAll(secret, MASK);
  }
  return clean;
}

function longestFirst(secrets: readonly string[]): readonly string[] {
  return secrets.toSorted((one, other) => other.length - one.length);
}

/** Every text and number in a value. Truth values are in every text, and give nothing away. */
function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value as { readonly [key: string]: Json | undefined }).flatMap(textsIn);
}

/** Every name in a value: an author may well make a key of a secret. */
function keysIn(value: Json | undefined): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return [...names, ...Object.values(value).flatMap(keysIn)];
}
