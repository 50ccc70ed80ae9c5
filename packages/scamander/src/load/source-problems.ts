// Control plane. Why an SSTable is not loaded, in the front door's shape. Called while sources are checked and planned; pure.
import { type SSTableError, type SSTableFiles, sstableErrorMessage } from '@scamander/sstable-io';
import { type ScamanderErrorType, sstableErrorPlace } from '../errors.ts';
import type { TargetTable } from './schema-check.ts';
import { dataPathOf } from './source-record.ts';

/** An SSTable's error in the front door's shape. */
export const badData = (error: SSTableError): ScamanderErrorType => ({
  code: error.code,
  // A disk that can't be read says nothing about the data on it.
  kind: error.code === 'SCM_SSTABLE_IO' ? 'failed' : 'bad-data',
  message: sstableErrorMessage(error.detail),
  where: sstableErrorPlace(error),
  lost: 'nothing; this SSTable is not sent',
  advice: 'take another replica’s copy of the SSTable, or scrub it on a node first',
  retryable: error.code === 'SCM_SSTABLE_IO',
});

/** It is sound, and does not fit its table. */
export const schemaProblem = (
  files: SSTableFiles,
  reasons: readonly string[],
  target: TargetTable,
): ScamanderErrorType => ({
  code: 'SCM_LOAD_SCHEMA',
  kind: 'refused',
  message: `the SSTable does not fit ${target.keyspace}.${target.table}: ${reasons.join('; ')}`,
  where: dataPathOf(files),
  lost: 'nothing; no byte of this SSTable is sent',
  advice:
    'make the table like the one the SSTable comes from, or load under another name with --keyspace and --table',
  retryable: false,
});
