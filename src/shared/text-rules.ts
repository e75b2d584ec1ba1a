/**
 * What a text in a plan may hold. Shared by the schema (at run time and as JSON Schema) and by the
 * checker's words, so that the bound in a message is the bound that was applied.
 */

/** Longest texts, in UTF-16 units. They fit a file name, a trace line and a screen with room to spare. */
export const TEXT_LIMITS = {
  /** A path segment: file systems stop at 255 bytes, and an archive adds its ending. */
  segment: 100,
  /** An event or flag name. */
  name: 200,
  /** A team or an e-mail address (RFC 5321 stops at 254). */
  contact: 254,
  /** A path or an address. */
  place: 2048,
  /** A description in one language. */
  description: 2000,
} as const;

/** One path segment: letters, digits, `.`, `_`, `-`; never `.` or `..` (plan contract, section 1). */
export const SEGMENT_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** One URL segment of lower-case letters, digits, `-`, `_`. */
export const ROUTE_PATTERN = /^[a-z0-9_-]+$/;

/** A BCP 47 language tag, as loosely as `Intl` takes it. */
export const LANGUAGE_PATTERN = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** SHA-256 in hex. */
export const DIGEST_PATTERN = /^[0-9A-Fa-f]{64}$/;

// Control characters (C0, DEL, C1) end a line in a log or move a terminal's cursor; line separators and
// bidirectional overrides make a text look like another one. TOML lets all of them in through escapes. Not
// spelled `\p{Cc}`: a Unicode property takes twenty times as long to compile, before the first screen.

/** One line of text, not empty, with nothing in it that is not shown as itself. */
export const LINE_PATTERN =
  /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+$/;

/** As `LINE_PATTERN`, or empty. */
export const OPTIONAL_LINE_PATTERN =
  /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/;

/** Text that may have line breaks and tabs, and isolates for writing from right to left. */
export const PARAGRAPH_PATTERN =
  /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]*$/;

/** Is this free of control characters, line breaks included? */
export function isSafeLine(text: string): boolean {
  return OPTIONAL_LINE_PATTERN.test(text);
}

/** Can this be no more than one segment of a path? False for anything that could leave its folder. */
export function isContained(segment: string): boolean {
  return segment !== '.' && segment !== '..' && !/[/\\]/.test(segment);
}
