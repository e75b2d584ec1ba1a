import * as v from 'valibot';
import type { JsonObject } from './json.ts';
import { fail, ok, type Result } from './result.ts';
import type { Builtin } from './stage.ts';

/**
 * What each built-in screen answers with. The renderer makes these, the host checks them (a renderer
 * is less trusted), and an answers file of a headless run is held to the same shapes.
 */

/** Enough of BCP 47 to tell a tag from a path or a sentence; the host knows which tags it has. */
const languageTag = v.pipe(v.string(), v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/));
const regionCode = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));

/** User names as Linux's own tools take them. Anything wider ends in a failing `useradd` later. */
export const USER_NAME_PATTERN = /^[a-z_][a-z0-9_-]{0,31}$/;
/** Shortest password that is taken, in characters (NIST SP 800-63B's floor). */
export const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 128;
/** A name goes into the user database, where a colon or a line break would start another field. */
export const FULL_NAME_PATTERN = /^[^\p{Cc}:]+$/u;

/** `language` is a BCP 47 tag, `region` an ISO 3166-1 alpha-2 code. */
export const welcomeAnswersSchema = v.strictObject({ language: languageTag, region: regionCode });
export type WelcomeAnswers = v.InferOutput<typeof welcomeAnswersSchema>;

/** Empty on a wired link. A password is never part of it: `network.connect` has used it up. */
export const networkAnswersSchema = v.strictObject({
  ssid: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(32))),
  offline: v.exactOptional(v.boolean()),
});
export type NetworkAnswers = v.InferOutput<typeof networkAnswersSchema>;

/** `version` says which text was on the screen. */
export const termsAnswersSchema = v.strictObject({
  accepted: v.literal(true),
  version: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
});
export type TermsAnswers = v.InferOutput<typeof termsAnswersSchema>;

/** A local account; without a password the device does not ask for one. Or none for now. */
export const profileAnswersSchema = v.union([
  v.strictObject({ later: v.literal(true) }),
  v.strictObject({
    fullName: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.regex(FULL_NAME_PATTERN)),
    userName: v.pipe(v.string(), v.regex(USER_NAME_PATTERN)),
    password: v.exactOptional(
      v.pipe(v.string(), v.minLength(MIN_PASSWORD_LENGTH), v.maxLength(MAX_PASSWORD_LENGTH)),
    ),
  }),
]);
export type ProfileAnswers = v.InferOutput<typeof profileAnswersSchema>;

/** For screens that ask nothing. */
const noAnswersSchema = v.strictObject({});
export type UpdateAnswers = Readonly<Record<string, never>>;
export type ProvisionAnswers = Readonly<Record<string, never>>;
export type FinishAnswers = Readonly<Record<string, never>>;

/** Answers by built-in screen. */
export interface CoreAnswers {
  readonly welcome: WelcomeAnswers;
  readonly network: NetworkAnswers;
  readonly update: UpdateAnswers;
  readonly terms: TermsAnswers;
  readonly profile: ProfileAnswers;
  readonly provision: ProvisionAnswers;
  readonly finish: FinishAnswers;
}

/** The schema of each built-in screen's answers. */
export const CORE_ANSWER_SCHEMAS = {
  welcome: welcomeAnswersSchema,
  network: networkAnswersSchema,
  update: noAnswersSchema,
  terms: termsAnswersSchema,
  profile: profileAnswersSchema,
  provision: noAnswersSchema,
  finish: noAnswersSchema,
} as const satisfies { readonly [builtin in Builtin]: v.GenericSchema };

/**
 * Checks what came as the answers of a built-in screen.
 * Fails with `command/bad`; the message names fields only, since a value may be a secret.
 */
export function parseCoreAnswers<B extends Builtin>(
  builtin: B,
  answers: unknown,
): Result<CoreAnswers[B]> {
  const schema: v.GenericSchema = CORE_ANSWER_SCHEMAS[builtin];
  const parsed = v.safeParse(schema, answers);
  // The table above ties schema and type together; TypeScript cannot follow that through the index.
  if (parsed.success) return ok(parsed.output as CoreAnswers[B]);
  const fields = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? '(whole)'));
  return fail({
    code: 'command/bad',
    message: `The answers of the ${builtin} screen are wrong at: ${[...fields].join(', ')}.`,
  });
}

/** Fields that are handed on but never saved, logged or sent back to a screen. */
const SECRET_FIELDS: { readonly [builtin in Builtin]?: readonly string[] } = {
  profile: ['password'],
};

/** The same answers or draft of a built-in screen, fit to be saved. */
export function withoutSecrets(builtin: Builtin, answers: JsonObject): JsonObject {
  const secret = new Set(SECRET_FIELDS[builtin]);
  return Object.fromEntries(Object.entries(answers).filter(([field]) => !secret.has(field)));
}
