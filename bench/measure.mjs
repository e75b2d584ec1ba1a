/**
 * Median time of one run in nanoseconds. Warms up by time, not by rounds: a short body needs many
 * more rounds than a long one until the compiler has seen it.
 */
export async function measure(body, { warmupMs = 400, measureMs = 800 } = {}) {
  await repeat(body, warmupMs);
  return median(await repeat(body, measureMs));
}

async function repeat(body, ms) {
  const times = [];
  for (const end = performance.now() + ms; performance.now() < end || times.length < 3;) {
    const started = process.hrtime.bigint();
    await body();
    times.push(Number(process.hrtime.bigint() - started));
  }
  return times;
}

/**
 * Processor time of this thread for each of the `forms`, in nanoseconds a run: the median of `rounds`
 * batches of `batchMs` each. They take turns, and what other programs take of the machine does not count.
 */
export async function measureCpu(forms, { rounds = 5, batchMs = 60 } = {}) {
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, form] of Object.entries(forms)) {
      const since = process.threadCpuUsage();
      let runs = 0;
      let used = 0;
      while (used < batchMs * 1000) {
        await form();
        runs += 1;
        const { user, system } = process.threadCpuUsage(since);
        used = user + system;
      }
      // The first round warms up.
      if (round > 0) times[name].push((used * 1000) / runs);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

/** The middle value; of an even number of values, the lower one of the two. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/** One line of a table: what, who, time in nanoseconds, and the ratio to the floor. */
export function row(what, who, ns, floor) {
  const time =
    ns < 1e3
      ? `${ns.toFixed(0)} ns`
      : ns < 1e6
        ? `${(ns / 1e3).toFixed(2)} us`
        : `${(ns / 1e6).toFixed(2)} ms`;
  return { what, who, time, 'x floor': floor === undefined ? '' : (ns / floor).toFixed(2) };
}

export function table(title, rows) {
  console.log(`\n${title}`);
  console.table(rows);
}

/** Says whether a goal is met. `kind`: the value is to be at `most` or at `least` the limit. */
export function goal(name, value, limit, kind = 'most') {
  const met = kind === 'most' ? value <= limit : value >= limit;
  console.log(`  ${met ? 'met ' : 'MISSED'} ${name}, at ${kind} ${limit}: ${value.toFixed(2)}`);
}
