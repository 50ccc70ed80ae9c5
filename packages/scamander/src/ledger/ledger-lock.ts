// Control plane. One process at a time: `LEDGER.lock` names its holder. Called by openLedger.
//
// - A lock appears whole: it is written beside, synced, then linked to its name, which fails where the name is taken.
// - The lock of a process that is gone is replaced by rename. Only the holder of the claim `LEDGER.lock.TOKEN`, TOKEN being that of the lock that
//   is to be replaced, may do so, and looks again before: of several that find the same dead holder, one wins.
// - A claim is a lock itself, so the death of a claimant is no trouble.
import { link, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { LEDGER_LOCK_BYTES_MAX, LEDGER_LOCK_DEPTH_MAX, LEDGER_LOCK_TRIES_MAX } from '../limits.ts';
import { Holder, livenessOf, thisProcess } from './process-identity.ts';

/** A lock that is held. */
export interface LedgerLock {
  /** Gives it back. */
  release(): Promise<void>;
}

/** Why it is not had. */
type Taken = {
  readonly file: string;
  readonly holder: Holder | undefined;
  readonly isHere: boolean;
};

type Attempt = { readonly base: string; readonly mine: Holder };

const hasCode = (cause: unknown, ...codes: readonly string[]): boolean =>
  cause instanceof Error && 'code' in cause && codes.includes(String(cause.code));

const removeIfThere = async (file: string): Promise<void> => {
  try {
    await unlink(file);
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw cause;
  }
};

const writeNew = async (file: string, mine: Holder): Promise<void> => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(`${JSON.stringify(mine)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Runs the body with a file beside the lock that names this process. */
const withOwnFile = async <T>(
  { base, mine }: Attempt,
  body: (own: string) => Promise<T>,
): Promise<T> => {
  const own = `${base}.${mine.token}.new`;
  try {
    await writeNew(own, mine);
    return await body(own);
  } finally {
    await removeIfThere(own).catch(() => undefined);
  }
};

/** False where the name is taken. */
const create = async (file: string, attempt: Attempt): Promise<boolean> => {
  try {
    await withOwnFile(attempt, async (own) => {
      try {
        await link(own, file);
      } catch (cause) {
        // file systems without links: a death in between leaves a lock that nobody can read, which a person has to remove
        if (!hasCode(cause, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) throw cause;
        await writeNew(file, attempt.mine);
      }
    });
    return true;
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return false;
    throw cause;
  }
};

/** `absent`, or undefined where it does not name a holder. */
const readHolder = async (file: string): Promise<Holder | 'absent' | undefined> => {
  try {
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(LEDGER_LOCK_BYTES_MAX));
      const holder = Holder.decode(JSON.parse(buffer.toString('utf8', 0, bytesRead)));
      return isLeft(holder) ? undefined : holder.right;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return 'absent';
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};

/** Replaces the lock of one that is gone; false where another was faster. */
const replace = async (
  file: string,
  gone: Holder,
  attempt: Attempt,
  depth: number,
): Promise<Either<Taken, boolean>> => {
  const claim = `${attempt.base}.${gone.token}`;
  const claimed = await acquire(claim, attempt, depth + 1);
  if (isLeft(claimed)) return claimed;
  try {
    const again = await readHolder(file);
    if (again === 'absent' || again?.token !== gone.token) return right(false);
    await withOwnFile(attempt, (own) => rename(own, file));
    return right(true);
  } finally {
    await removeIfThere(claim);
  }
};

const acquire = async (
  file: string,
  attempt: Attempt,
  depth = 0,
): Promise<Either<Taken, 'created' | 'replaced'>> => {
  let taken: Taken = { file, holder: undefined, isHere: false };
  if (depth > LEDGER_LOCK_DEPTH_MAX) return left(taken);
  for (let tries = 0; tries < LEDGER_LOCK_TRIES_MAX; tries++) {
    if (await create(file, attempt)) return right('created');
    const holder = await readHolder(file);
    if (holder === 'absent') continue;
    if (holder === undefined) return left({ file, holder, isHere: false });
    const liveness = await livenessOf(holder, attempt.mine);
    taken = { file, holder, isHere: liveness === 'alive' };
    if (liveness !== 'gone') return left(taken);
    const replaced = await replace(file, holder, attempt, depth);
    if (isLeft(replaced)) return replaced;
    if (replaced.right) return right('replaced');
  }
  return left(taken);
};

const lockedError = (path: string, { file, holder, isHere }: Taken): ScamanderErrorType => {
  const removal = `remove ${file} and run again`;
  const [message, advice] =
    holder === undefined
      ? [
          'the ledger is locked, and the lock does not say by whom',
          `if no other process works with it, ${removal}`,
        ]
      : isHere
        ? [
            `the ledger is in use by process ${holder.pid} on this host (${holder.host}) since ${holder.since}`,
            `wait until it ends, or end it (kill ${holder.pid}) and run again`,
          ]
        : [
            `the ledger is in use by process ${holder.pid} on ${holder.host} since ${holder.since}; whether it still runs can’t be told from here`,
            `look there; if it does not run any more, ${removal}`,
          ];
  return {
    code: 'SCM_LEDGER_LOCKED',
    kind: 'failed',
    message,
    where: path,
    lost: 'nothing; the run that has it goes on',
    advice,
    retryable: true,
  };
};

/** Claims and half-made files of processes that died while they took over. */
const tidy = async ({ base, mine }: Attempt): Promise<void> => {
  const folder = dirname(base);
  const prefix = `${basename(base)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const holder = await readHolder(join(folder, name));
    if (holder === 'absent' || holder === undefined) continue;
    if ((await livenessOf(holder, mine)) === 'gone') await removeIfThere(join(folder, name));
  }
};

const release = async (base: string, mine: Holder): Promise<void> => {
  const holder = await readHolder(base);
  if (holder !== 'absent' && holder?.token === mine.token) await removeIfThere(base);
};

/** Takes the lock of a ledger. Rejects with the disk's error. */
export const takeLedgerLock = async (
  path: string,
  since: string,
): Promise<Either<ScamanderErrorType, LedgerLock>> => {
  const mine = await thisProcess(since);
  const attempt: Attempt = { base: `${path}.lock`, mine };
  const acquired = await acquire(attempt.base, attempt);
  if (isLeft(acquired)) return left(lockedError(path, acquired.left));
  // what can't be tidied is in nobody's way
  if (acquired.right === 'replaced') await tidy(attempt).catch(() => undefined);
  return right({ release: () => release(attempt.base, mine) });
};
