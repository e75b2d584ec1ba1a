import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { pinDigests } from './pin-digests.ts';

const ONE = '1'.repeat(64);
const TWO = '2'.repeat(64);

describe('pinDigests', () => {
  it('adds a line below the last field of the table, and keeps comments and layout', () => {
    const text = `# Top
[[plugins]]  # first
  name = "one" # its name
  plugin_base_path = "./" # from here

# Second.
[[plugins]]
name = 'two'
[plugins.plugin_description]
en = "Two"
`;
    expect(
      pinDigests(
        text,
        new Map([
          ['one', ONE],
          ['two', TWO],
        ]),
      ),
    ).toBe(`# Top
[[plugins]]  # first
  name = "one" # its name
  plugin_base_path = "./" # from here
  sha256 = "${ONE}"

# Second.
[[plugins]]
name = 'two'
sha256 = "${TWO}"
[plugins.plugin_description]
en = "Two"
`);
  });

  it('replaces a digest that is there, and nothing beside it', () => {
    const text = `[[plugins]]\nname = "one"\nsha256 = '${TWO}' # pinned\n`;
    expect(pinDigests(text, new Map([['one', ONE]]))).toBe(
      `[[plugins]]\nname = "one"\nsha256 = "${ONE}" # pinned\n`,
    );
  });

  it('writes into a table on one line', () => {
    expect(pinDigests('plugins = [{ name = "one" }]', new Map([['one', ONE]]))).toBe(
      `plugins = [{ name = "one", sha256 = "${ONE}" }]`,
    );
  });

  it('keeps the line ends of Windows', () => {
    expect(pinDigests('[[plugins]]\r\nname = "one"\r\n', new Map([['one', ONE]]))).toBe(
      `[[plugins]]\r\nname = "one"\r\nsha256 = "${ONE}"\r\n`,
    );
  });

  it('needs no line end at the end of the file', () => {
    expect(pinDigests('[[plugins]]\nname = "one"', new Map([['one', ONE]]))).toBe(
      `[[plugins]]\nname = "one"\nsha256 = "${ONE}"`,
    );
  });

  it('stays behind a value that spans lines', () => {
    const text = '[[plugins]]\nname = "one"\nteam_name = """\nA\n"""\n';
    expect(parse(pinDigests(text, new Map([['one', ONE]])) ?? '')).toEqual({
      plugins: [{ name: 'one', team_name: 'A\n', sha256: ONE }],
    });
  });

  it('leaves plugins alone that are not named', () => {
    const text = '[[plugins]]\nname = "one"\n[[plugins]]\nname = "two"\n';
    expect(parse(pinDigests(text, new Map([['two', TWO]])) ?? '')).toEqual({
      plugins: [{ name: 'one' }, { name: 'two', sha256: TWO }],
    });
  });

  it('gives up on a text that the parser of places cannot take', () => {
    const deep = `x = ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
    expect(pinDigests(`${deep}[[plugins]]\nname = "one"\n`, new Map([['one', ONE]]))).toBe(
      undefined,
    );
  });

  it('adds the digests and changes no other value, whatever the layout', () => {
    fc.assert(
      fc.property(fc.array(table, { maxLength: 5 }), newlines, (tables, newline) => {
        const texts = tables.map((make, at) => make(`plugin-${at}`));
        const text = ['title = "a"', ...texts, '[handoffs]', 'handoff_events = []']
          .join('\n')
          .replaceAll('\n', newline);
        const digests = new Map(tables.map((_, at) => [`plugin-${at}`, String(at).repeat(64)]));
        const { plugins = [], ...before } = parse(text) as { plugins?: readonly object[] };
        const after = parse(pinDigests(text, digests) ?? '');
        const wanted = plugins.map((plugin, at) => ({
          ...plugin,
          sha256: String(at).repeat(64),
        }));
        expect(after).toEqual({ ...before, ...(plugins.length > 0 ? { plugins: wanted } : {}) });
      }),
    );
  });
});

const newlines = fc.constantFrom('\n', '\r\n');
const indent = fc.constantFrom('', '  ', '\t');
const comment = fc.constantFrom('', ' # sha256 = "no"', '#[[plugins]]');
const field = fc.constantFrom(
  'run_async = true',
  'plugin_description = { en = "a", de = "b" }',
  'plugin_description.en = "dotted"',
  'team_name = """\nTwo "lines"\n  # no comment"""',
  "plugin_base_path = 'C:\\x'",
  `sha256 = "${'a'.repeat(64)}"`,
  '"sha256"   =  "old"',
);

/** Makes the text of one `[[plugins]]` table, for its name. */
const table = fc
  .record({
    indent,
    comment,
    fields: fc.uniqueArray(field, {
      maxLength: 4,
      selector: (text) => /^"?(\w+)/.exec(text)?.[1],
    }),
    isNameFirst: fc.boolean(),
    below: fc.constantFrom('', '[plugins.more]\nx = 1\n', '\n# end\n'),
  })
  .map(({ indent, comment, fields, isNameFirst, below }) => (name: string) => {
    const own = `name = "${name}"`;
    const lines = isNameFirst ? [own, ...fields] : [...fields, own];
    return `[[plugins]]${comment}\n${lines.map((line) => `${indent}${line}${comment}`).join('\n')}\n${below}`;
  });
