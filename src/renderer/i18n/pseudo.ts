import type { Catalogue } from './catalogue.ts';

const ACCENTS: { readonly [letter: string]: string } = {
  ...{ a: 'á', c: 'ç', e: 'é', g: 'ĝ', i: 'í', n: 'ñ', o: 'ö', s: 'š', u: 'ü', y: 'ý', z: 'ž' },
  ...{ A: 'Å', C: 'Ç', D: 'Ð', E: 'É', I: 'Î', N: 'Ñ', O: 'Ö', S: 'Š', U: 'Û', W: 'Ŵ', Y: 'Ý' },
};

/**
 * Makes the pseudo-locale's form of an ICU message: accented letters (what stays plain was never
 * translated), a third more length (as German and Finnish need), and brackets (a missing one shows
 * text that is cut off or pieced together). Placeholders stay as they are.
 */
export function pseudo(message: string): string {
  // Braces of ICU messages alternate: text, argument, text of a plural's branch, argument...
  // So text is wherever the depth is even.
  let depth = 0;
  let text = '';
  for (const letter of message) {
    if (letter === '}') depth -= 1;
    text += depth % 2 === 0 ? (ACCENTS[letter] ?? letter) : letter;
    if (letter === '{') depth += 1;
  }
  return `[${text}${' ~'.repeat(Math.ceil(message.length / 6))}]`;
}

/** The pseudo-locale's catalogue, made of another one. */
export function pseudoCatalogue(source: Catalogue): Catalogue {
  const messages = Object.entries(source).map(([key, message]) => [key, pseudo(message)] as const);
  // The keys are those of the source; `Object.fromEntries` only knows that they are strings.
  return Object.fromEntries(messages) as Catalogue;
}
