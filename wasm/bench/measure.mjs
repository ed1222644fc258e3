// How things are measured.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/**
 * How often something can be done in a second of the processor's time: the best of twelve rounds of a quarter of
 * a second. In the first ones the engine still compiles, and what else the machine does counts in some.
 */
export async function perSecond(work, batch = 1) {
  await work();
  let best = 0;
  for (let round = 0; round < 12; round++) {
    const start = process.cpuUsage();
    let done = 0, used;
    do {
      await work();
      done += batch;
      const { user, system } = process.cpuUsage(start);
      used = (user + system) / 1e6;
    } while (used < 0.25);
    best = Math.max(best, done / used);
  }
  return best;
}
