// Control plane. Why a pull can't begin or go on, in the front door's shape. Called by the rest of this folder; pure.
import type { FileError } from '@scamander/session';
import type { ScamanderErrorType } from '../errors.ts';
import { nobodyAnswers } from '../target/nobody-answers.ts';
import type { Probe } from '../target/probe.ts';

/** The folder that is to take the data can't be used. */
export const intoUnusable = (into: string, cause: unknown): ScamanderErrorType => ({
  code: 'SCM_PULL_INTO',
  kind: 'failed',
  message: `the folder can’t be used: ${cause instanceof Error ? cause.message : String(cause)}`,
  where: into,
  lost: 'nothing; nothing was asked for',
  advice: 'give a folder that can be made and written with --into',
  retryable: false,
});

/** The folder holds what no pull wrote. */
export const intoNotEmpty = (into: string, ledger: string, found: string): ScamanderErrorType => ({
  code: 'SCM_PULL_INTO_NOT_EMPTY',
  kind: 'usage',
  message: `the folder holds ${found}, and no ledger of a pull is at ${ledger}`,
  where: into,
  lost: 'nothing',
  advice: 'give an empty folder, or the one of an earlier pull',
  retryable: false,
});

/** Nothing was asked for yet. */
export const aborted = (into: string): ScamanderErrorType => ({
  code: 'SCM_PULL_ABORTED',
  kind: 'failed',
  message: 'the pull was given up before anything was asked for',
  where: into,
  lost: 'nothing',
  advice: 'start it again',
  retryable: true,
});

/** Our own disk, or the ledger on it, says no. */
export const diskFailed = (error: FileError): ScamanderErrorType => ({
  code: 'SCM_PULL_DISK',
  kind: 'failed',
  message: `what comes can’t be written: ${error.message} (${error.code})`,
  where: error.file,
  lost: 'nothing that was received before; what was coming is asked for again',
  advice: 'make room, then run the same command again: it goes on where it stopped',
  retryable: true,
});

/** An error of the front door as one of a file, for the receiving port. */
export const asFileError = (error: ScamanderErrorType): FileError => ({
  code: error.code,
  file: error.where,
  message: error.message,
  retryable: error.retryable,
});

/** No node of the source answers on the storage port. */
export const unreachable = (probes: ReadonlyMap<string, Probe>): ScamanderErrorType =>
  nobodyAnswers(probes, {
    code: 'SCM_PULL_UNREACHABLE',
    message: 'no node answers on its storage port',
  });

/** `--keyspace` or `--table` can't be what it is. */
export const wrongName = (name: string, reason: string): ScamanderErrorType => ({
  code: 'SCM_PULL_NAME',
  kind: 'usage',
  message: `"${name}" ${reason}`,
  where: '--keyspace, --table',
  lost: 'nothing',
  advice: 'pull under their own names, or one after the other',
  retryable: false,
});
