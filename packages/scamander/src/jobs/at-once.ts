// Control plane. The same question to many nodes, a bounded number at once. Called by everything that asks nodes.

/** Results in the order of the items. Rejects as the first that rejects, when all that began have ended. */
export const atOnce = async <T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T);
  };
  const workers = Array.from({ length: Math.max(1, Math.min(most, items.length)) }, worker);
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results;
};
