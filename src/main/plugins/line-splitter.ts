/** Takes text in pieces; gives whole lines. */
export interface LineSplitter {
  push(text: string): void;
  /** Gives what is left, if anything, as a last line. */
  end(): void;
  /** Is the line that has begun already longer than allowed? Its end may never come. */
  readonly isOverflowing: boolean;
}

/**
 * Cuts a stream of text into lines of at most `maxLength` characters. What a line has beyond that is
 * thrown away at once, so that an endless line never fills the memory; `cut` says that it happened.
 */
export function splitLines(request: {
  readonly maxLength: number;
  readonly onLine: (line: string, cut: boolean) => void;
}): LineSplitter {
  const { maxLength, onLine } = request;
  let rest = '';
  let cut = false;

  const keep = (piece: string): void => {
    const room = maxLength - rest.length;
    if (piece.length > room) cut = true;
    rest += piece.length > room ? piece.slice(0, room) : piece;
  };
  const flush = (): void => {
    const line = rest;
    const wasCut = cut;
    rest = '';
    cut = false;
    onLine(line, wasCut);
  };

  return {
    push(text) {
      let from = 0;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
        keep(text.slice(from, at));
        flush();
        from = at + 1;
      }
      keep(text.slice(from));
    },
    end() {
      if (rest !== '' || cut) flush();
    },
    get isOverflowing() {
      return cut;
    },
  };
}
