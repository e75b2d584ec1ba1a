import { stripVTControlCharacters } from 'node:util';

/** A longer line is handed on in pieces of this many characters. */
export const MAX_PIECE = 4096;

/** Cuts what a program writes into lines. */
export interface LineCutter {
  push(text: string): void;
  /** Gives what is left, if anything, as a last line. */
  end(): void;
}

/**
 * Gives each line without its end and without control characters; a line over 4 KiB comes in pieces, so
 * that an endless one never fills the memory. A carriage return ends a line too: that is how programs
 * redraw their progress. `isContinued` says that the piece goes on with the line of the piece before it.
 */
export function cutLines(onLine: (line: string, isContinued: boolean) => void): LineCutter {
  let rest = '';
  let isContinued = false;
  let endedWithReturn = false;

  const give = (line: string, goesOn: boolean): void => {
    onLine(withoutControls(line), isContinued);
    isContinued = goesOn;
  };
  const giveLine = (line: string): void => {
    let text = line;
    while (text.length > MAX_PIECE) {
      const end = pieceEnd(text);
      give(text.slice(0, end), true);
      text = text.slice(end);
    }
    // Nothing is left of a line that ends where a piece ended.
    if (text !== '' || !isContinued) give(text, false);
    else isContinued = false;
  };

  return {
    push(chunk) {
      let text = endedWithReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
      if (chunk !== '') endedWithReturn = chunk.endsWith('\r');
      if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
      let from = 0;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
        const line = rest + text.slice(from, at);
        rest = '';
        from = at + 1;
        giveLine(line);
      }
      rest += text.slice(from);
      while (rest.length > MAX_PIECE) {
        const end = pieceEnd(rest);
        const piece = rest.slice(0, end);
        rest = rest.slice(end);
        give(piece, true);
      }
    },
    end() {
      if (rest !== '') give(rest, false);
      rest = '';
    },
  };
}

/** Not in the middle of a character that takes two units. */
function pieceEnd(text: string): number {
  const last = text.charCodeAt(MAX_PIECE - 1);
  return last >= 0xd800 && last <= 0xdbff ? MAX_PIECE - 1 : MAX_PIECE;
}

/** Escape sequences could recolour or rewrite an engineer's terminal, and hide a line from a pattern. */
function withoutControls(text: string): string {
  if (!CONTROL.test(text)) return text;
  return stripVTControlCharacters(text).replace(CONTROLS, '');
}
/** All but the tab. */
const CONTROL = /[^\P{Cc}\t]/u;
const CONTROLS = /[^\P{Cc}\t]/gu;
