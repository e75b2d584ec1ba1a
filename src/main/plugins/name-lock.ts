/** Lets only one piece of work at a time run under one name. */
export interface NameLock {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Start and stop of one plugin never overlap; different plugins do not wait for each other. */
export function createNameLock(): NameLock {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(name, work) {
      const before = tails.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      tails.set(name, mine);
      try {
        return await mine;
      } finally {
        if (tails.get(name) === mine) tails.delete(name);
      }
    },
  };
}
