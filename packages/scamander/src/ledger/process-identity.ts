// Control plane. Which process is which: a number alone is given to another process later. Called by ledger-lock.
// On Linux a process is known by its start too (/proc); elsewhere by its number only.
import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type * as t from 'io-ts';
import { count, known, optional, text } from '../jobs/codecs.ts';

/** Who holds a lock. */
export const Holder = known(
  {
    pid: count,
    host: text,
    /** ISO time, for people only. */
    since: text,
    /** Of one taking of the lock. */
    token: text,
    /** Clock ticks from the machine's start to the process's. */
    startTicks: optional(text),
    /** Changes with every start of the machine. */
    bootId: optional(text),
    /** In containers the same number means another process. */
    pidSpace: optional(text),
  },
  'Holder',
);
/** Who holds a lock. */
export type Holder = t.TypeOf<typeof Holder>;

const orUndefined = async (value: Promise<string>): Promise<string | undefined> => {
  try {
    return (await value).trim();
  } catch {
    return undefined;
  }
};

/** What comes after the name of the program, which may hold spaces and brackets itself: the state is the first of it. */
const fieldsOf = (stat: string): readonly string[] =>
  stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Field 22 of /proc/PID/stat, counted from the state as field 3 (proc_pid_stat(5)). */
const START_TICKS = 19;

const statOf = async (pid: number): Promise<readonly string[] | undefined> => {
  const stat = await orUndefined(readFile(`/proc/${pid}/stat`, 'utf8'));
  return stat === undefined ? undefined : fieldsOf(stat);
};

/** This process, taking a lock now. */
export const thisProcess = async (since: string): Promise<Holder> => ({
  pid: process.pid,
  host: hostname(),
  since,
  token: randomBytes(8).toString('hex'),
  startTicks: (await statOf(process.pid))?.[START_TICKS],
  bootId: await orUndefined(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  pidSpace: await orUndefined(readlink('/proc/self/ns/pid')),
});

const answers = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // there, but not ours to signal
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
};

/** `gone`: surely. `unknown`: it can't be told from here. */
export const livenessOf = async (
  holder: Holder,
  mine: Holder,
): Promise<'alive' | 'gone' | 'unknown'> => {
  if (holder.host !== mine.host) return 'unknown';
  if (holder.bootId !== mine.bootId) {
    return holder.bootId === undefined || mine.bootId === undefined ? 'unknown' : 'gone';
  }
  if (holder.pidSpace !== mine.pidSpace) return 'unknown';
  if (!answers(holder.pid)) return 'gone';
  const stat = await statOf(holder.pid);
  if (stat === undefined || holder.startTicks === undefined) return 'alive';
  // killed, and its parent has not asked yet how it ended
  if (stat[0] === 'Z' || stat[0] === 'X') return 'gone';
  return stat[START_TICKS] === holder.startTicks ? 'alive' : 'gone';
};
