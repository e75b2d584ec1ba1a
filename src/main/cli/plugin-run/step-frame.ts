import stringWidth from 'string-width';
import type { StepView } from '#shared';
import { escapeUnsafe } from '../../plan/words.ts';
import {
  durationWords,
  fit,
  padded,
  wrap,
  type Marks,
  type PaintStyle,
  type Style,
} from './words.ts';

/** What is drawn of a run. */
export interface RunState {
  readonly steps: readonly StepView[];
  /** 0..100, of the whole. */
  readonly progress: number;
  /** Unix milliseconds of its begin in this run of the program. */
  readonly startedAt: number;
  /** What each running step wrote or said last. */
  readonly said: ReadonlyMap<string, string>;
  /** Below the list: a question and what was typed. */
  readonly prompt: readonly string[];
}

export interface FrameOptions {
  /** Of the terminal; `Infinity` rows for a list that may scroll away. */
  readonly columns: number;
  readonly rows: number;
  /** Unix milliseconds. */
  readonly now: number;
  readonly paint: PaintStyle;
  readonly marks: Marks;
}

const STYLE_OF: { readonly [status in StepView['status']]: Style } = {
  pending: 'quiet',
  running: 'busy',
  completed: 'good',
  failed: 'bad',
  skipped: 'quiet',
  blocked: 'notable',
  cancelled: 'notable',
};

/** Below it there is no room for more than what a step is called. */
const NARROW = 24;

/**
 * The lines of a list of steps: none is wider than the terminal, and all of them fit into it, with what
 * runs in sight. The last column stays free, since some terminals wrap there. Pure.
 */
export function frameLines(state: RunState, options: FrameOptions): readonly string[] {
  const { rows } = options;
  const columns = Math.max(1, options.columns - 1);
  const at = { ...options, columns };
  const prompt = state.prompt.flatMap((line) => wrap(line, columns));
  const foot = footLine(state, at);
  const room = Math.max(1, rows - 1 - prompt.length - (rows > 3 ? 1 : 0));
  const lines = state.steps.flatMap((step) => stepLines(step, state, at));
  const shown = inSight(lines, room, at);
  const all = [...shown, ...(rows > 3 ? [foot] : []), ...prompt];
  // A question on a very low terminal: what is typed matters most.
  return all.length < rows ? all : all.slice(-Math.max(1, rows - 1));
}

interface Line {
  readonly text: string;
  readonly status: StepView['status'];
}

function stepLines(step: StepView, { said }: RunState, options: FrameOptions): readonly Line[] {
  const { columns, paint, marks } = options;
  const { name, description, status, partOf } = step;
  const indent = partOf === undefined ? '' : '  ';
  const title = partOf === undefined ? description : `${description} ${name.slice(partOf.length)}`;
  const facts = columns < NARROW ? '' : factsOf(step, options);
  const room = columns - indent.length - 2 - (facts === '' ? 0 : stringWidth(facts) + 2);
  const style = STYLE_OF[status];
  const left = fit(escapeUnsafe(title), room);
  const first = [
    `${indent}${paint(style, marks[status])} `,
    status === 'pending' ? paint('quiet', left) : left,
    facts === '' ? '' : `${padded('', room - stringWidth(left))}  ${paint('quiet', facts)}`,
  ].join('');
  const below = belowOf(step, said);
  const lines: Line[] = [{ text: first, status }];
  if (below !== undefined && columns >= NARROW) {
    const [belowStyle, text] = below;
    const words = fit(escapeUnsafe(text), columns - indent.length - 4);
    lines.push({ text: `${indent}    ${paint(belowStyle, words)}`, status });
  }
  return lines;
}

function belowOf(
  { name, status, errorMessage, interrupted, stalled }: StepView,
  said: RunState['said'],
): readonly [Style, string] | undefined {
  if (status === 'failed' && errorMessage !== undefined) return ['bad', firstLine(errorMessage)];
  if (interrupted === true) return ['notable', 'was under way when it was last interrupted'];
  if (status === 'pending' && errorMessage !== undefined) {
    return ['notable', `tried again after: ${firstLine(errorMessage)}`];
  }
  if (status !== 'running') return undefined;
  if (stalled === true) return ['notable', 'has said nothing for a long time'];
  const last = said.get(name);
  return last === undefined ? undefined : ['quiet', last];
}

/** How far it is, and how long it has taken. */
function factsOf(step: StepView, { now }: FrameOptions): string {
  const { status, percent, startedAt, durationSeconds, reason } = step;
  if (status === 'running') {
    const seconds = startedAt === undefined ? 0 : Math.max(0, now - Date.parse(startedAt)) / 1000;
    return [...(percent === undefined ? [] : [`${Math.floor(percent)} %`]), whole(seconds)].join(
      '  ',
    );
  }
  if (status === 'skipped') return reason === 'check' ? 'done already' : 'skipped';
  if (status === 'blocked' || status === 'cancelled') return status;
  return durationSeconds === undefined ? '' : durationWords(durationSeconds);
}

/** Of what goes on: tenths of a second would only flicker. */
function whole(seconds: number): string {
  return seconds < 60 ? `${Math.floor(seconds)} s` : durationWords(Math.floor(seconds));
}

function footLine({ steps, progress, startedAt }: RunState, options: FrameOptions): string {
  const { columns, now, paint } = options;
  const outer = steps.filter(({ partOf }) => partOf === undefined);
  const ended = outer.filter(({ status }) => status !== 'pending' && status !== 'running').length;
  const seconds = Math.max(0, now - startedAt) / 1000;
  const text = `${progress} %  ${ended} of ${outer.length} steps  ${whole(seconds)}`;
  return paint('quiet', fit(text, columns));
}

/** A part of the lines that holds what runs; what is left out is counted. */
function inSight(
  lines: readonly Line[],
  room: number,
  { columns, paint }: FrameOptions,
): readonly string[] {
  const texts = lines.map(({ text }) => text);
  if (texts.length <= room) return texts;
  const focus = indexOf(lines, 'running') ?? indexOf(lines, 'pending') ?? lines.length;
  const begin = Math.max(0, Math.min(focus - Math.floor(room / 3), texts.length - room));
  const part = texts.slice(begin, begin + room);
  if (room < 3) return part;
  const more = (count: number, where: string): string =>
    paint('quiet', fit(`… ${count} more ${where}`, columns));
  const below = texts.length - begin - room;
  if (begin > 0) part[0] = more(begin + 1, 'above');
  if (below > 0) part[room - 1] = more(below + 1, 'below');
  return part;
}

function indexOf(lines: readonly Line[], status: Line['status']): number | undefined {
  const at = lines.findIndex((line) => line.status === status);
  return at === -1 ? undefined : at;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
