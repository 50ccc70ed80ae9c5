// Assertion helper for promises; uvu's `throws` is synchronous. Called by tests only.
import * as assert from 'uvu/assert';

/** Fails unless the promise rejects with an Error that satisfies the check. Returns that error. */
export const rejects = async (
  promise: Promise<unknown>,
  check: (error: Error) => boolean = () => true,
): Promise<Error> => {
  let reason: unknown;
  try {
    await promise;
  } catch (error) {
    reason = error;
    assert.instance(error, Error, `rejected with something that is not an Error: ${String(error)}`);
    assert.ok(check(error as Error), `rejected with another error: ${(error as Error).stack}`);
    return error as Error;
  }
  assert.unreachable(`expected a rejection, got ${String(reason)}`);
  throw new Error('unreachable');
};
