import type { Failure, Json, Result } from '#shared';
import { fail, ok } from '../../../shared/result.ts';
import { quote } from '../../plan/words.ts';
import type { StepScope } from '../step-scope.ts';
import { lookUp, readReference, type Reference } from './reference.ts';
import { sameJson } from './same-json.ts';
import {
  CLOSE,
  OPEN,
  readTokens,
  type SyntaxProblem,
  type Token,
  type TokenReader,
} from './tokens.ts';

/** A condition that was understood. */
type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: '==' | '!=' | '&&' | '||';
      readonly left: Expression;
      readonly right: Expression;
    };

/** Far more than a person writes, far less than what fills the stack. */
const LONGEST = 10_000;
const DEEPEST = 100;

/** The binary operators, the loosest first. */
const LEVELS = [['||'], ['&&'], ['==', '!=']] as const;
type Operator = (typeof LEVELS)[number][number];

const LITERALS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Is the condition of a `when` true? `step/bad-value` for a reference without a value. As in JavaScript:
 * `&&` and `||` look at their right side only when they must, and what counts as true; but `==` compares
 * JSON values whole, and never turns one type into another.
 */
export function evaluateCondition(text: string, scope: StepScope): Result<boolean> {
  const parsed = parse(text);
  if ('problem' in parsed) return fail(badSyntax(text, parsed.problem));
  const value = evaluate(parsed.expression, scope);
  return value.ok ? ok(isTruthy(value.value)) : value;
}

/** All references in a condition; `execution/bad-steps` for one that cannot be understood. */
export function referencesInCondition(text: string): Result<readonly Reference[]> {
  const parsed = parse(text);
  return 'problem' in parsed ? fail(badSyntax(text, parsed.problem)) : ok(parsed.references);
}

/** What to tell of a syntax problem: what, where, and how to mend it. */
export function badSyntax(text: string, { at, message, hint }: SyntaxProblem): Failure {
  return {
    code: 'execution/bad-steps',
    message: `${quote(text)}: ${message} (character ${at + 1})`,
    ...(hint === undefined ? {} : { hint }),
  };
}

type Parsed =
  | { readonly expression: Expression; readonly references: readonly Reference[] }
  | { readonly problem: SyntaxProblem };

function parse(text: string): Parsed {
  if (text.length > LONGEST) {
    return { problem: { at: LONGEST, message: `it is longer than ${LONGEST} characters` } };
  }
  const parser = new Parser(text);
  const expression = parser.whole();
  return parser.problem === undefined
    ? { expression, references: parser.references }
    : { problem: parser.problem };
}

const NOTHING: Expression = { kind: 'literal', value: null };

class Parser {
  readonly references: Reference[] = [];
  readonly #text: string;
  readonly #reader: TokenReader;
  #depth = 0;
  /** Between `${{` and `}}`, where references may stand. */
  #braced = false;

  constructor(text: string) {
    this.#text = text;
    this.#reader = readTokens(text);
  }

  get problem(): SyntaxProblem | undefined {
    return this.#reader.problem;
  }

  whole(): Expression {
    const expression = this.#binary(0);
    if (this.#reader.front.kind !== 'end') this.#unexpected();
    return expression;
  }

  #binary(level: number): Expression {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#reader.front.kind === 'sign' && operators.includes(this.#reader.front.value)) {
      const kind = this.#reader.take().value as Operator;
      left = { kind, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    let negated = 0;
    for (; this.#isSign('!'); this.#reader.take()) negated += 1;
    const operand = this.#operand();
    // `!!a` is true or false, `a` may be anything.
    if (negated === 0) return operand;
    const once: Expression = { kind: 'not', of: operand };
    return negated % 2 === 1 ? once : { kind: 'not', of: once };
  }

  #operand(): Expression {
    const { front } = this.#reader;
    if (front.kind === 'string' || front.kind === 'number') {
      this.#reader.take();
      return { kind: 'literal', value: front.value };
    }
    if (front.kind === 'word') return this.#word(front);
    if (this.#isSign('(')) return this.#within(')');
    if (this.#isSign(OPEN) && !this.#braced) {
      this.#braced = true;
      const inner = this.#within(CLOSE);
      this.#braced = false;
      return inner;
    }
    this.#unexpected();
    return NOTHING;
  }

  #word({ value: word, at }: Token & { readonly kind: 'word' }): Expression {
    const literal = LITERALS.get(word);
    if (literal !== undefined) {
      this.#reader.take();
      return { kind: 'literal', value: literal };
    }
    const reference = readReference(this.#reader, this.#text);
    if (!this.#braced && this.problem === undefined) {
      this.#reader.refuse({
        at,
        message: `${quote(reference.text)} stands outside of braces`,
        hint: `Write ${OPEN} ${reference.text} ${CLOSE}.`,
      });
    }
    this.references.push(reference);
    return { kind: 'reference', reference };
  }

  /** What stands between a sign and the one that closes it. */
  #within(close: string): Expression {
    const open = this.#reader.take();
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      this.#reader.refuse({ at: open.at, message: `more than ${DEEPEST} levels of parentheses` });
    }
    const inner = this.#binary(0);
    this.#depth -= 1;
    if (this.#isSign(close)) this.#reader.take();
    else if (this.#reader.front.kind === 'end') {
      const message = `${quote(this.#text.slice(open.at, open.end))} is not closed`;
      this.#reader.refuse({ at: open.at, message, hint: `Close it with ${quote(close)}.` });
    } else this.#unexpected();
    return inner;
  }

  #isSign(sign: string): boolean {
    return this.#reader.front.kind === 'sign' && this.#reader.front.value === sign;
  }

  #unexpected(): void {
    const { kind, at, end } = this.#reader.front;
    this.#reader.refuse(
      kind === 'end'
        ? { at, message: 'a value is missing at the end' }
        : { at, message: `${quote(this.#text.slice(at, end))} cannot stand here` },
    );
  }
}

function evaluate(expression: Expression, scope: StepScope): Result<Json> {
  switch (expression.kind) {
    case 'literal':
      return ok(expression.value);
    case 'reference':
      return lookUp(expression.reference, scope);
    case 'not': {
      const value = evaluate(expression.of, scope);
      return value.ok ? ok(!isTruthy(value.value)) : value;
    }
    case '&&':
    case '||': {
      const left = evaluate(expression.left, scope);
      if (!left.ok || isTruthy(left.value) === (expression.kind === '||')) return left;
      return evaluate(expression.right, scope);
    }
    case '==':
    case '!=': {
      const left = evaluate(expression.left, scope);
      if (!left.ok) return left;
      const right = evaluate(expression.right, scope);
      if (!right.ok) return right;
      return ok(sameJson(left.value, right.value) === (expression.kind === '=='));
    }
  }
}

function isTruthy(value: Json): boolean {
  return Boolean(value);
}
