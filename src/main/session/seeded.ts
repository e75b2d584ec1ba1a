/** A small generator of repeatable randomness (mulberry32), so that one seed gives one trace. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A UUID (version 4) made of given randomness. */
export function seededId(random: () => number): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const bits = Math.floor(random() * 16);
    return (digit === '8' ? 8 + (bits % 4) : bits).toString(16);
  });
}
