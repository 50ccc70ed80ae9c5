// Data plane. Everything that a row reader hands out, into a writer. Called by the compaction, the split and the upgrade. Holds nothing of its own.
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import type { RowReader } from '../rows/row-reader.ts';

/** Takes partitions; an SSTable writer, or what stands before one. A promise must be waited for before the next call. */
export interface RowSink {
  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> | undefined;
  append(unfiltered: Unfiltered): Promise<void> | undefined;
  endPartition(): Promise<void> | undefined;
}

/** What is told on the way, and what ends it. */
export interface CopyOptions {
  /** Aborted, the copy rejects with its reason at the next batch. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with the reader's position. */
  readonly progress?: ((position: number) => void) | undefined;
}

/** Rows and markers of the present partition. */
export const copyPartition = async (
  reader: RowReader,
  sink: RowSink,
  { signal, progress }: CopyOptions = {},
): Promise<void> => {
  for (;;) {
    signal?.throwIfAborted();
    const batch = await reader.nextBatch();
    if (batch.length === 0) return;
    for (let i = 0; i < batch.length; i++) {
      const waiting = sink.append(batch[i] as Unfiltered);
      if (waiting !== undefined) await waiting;
    }
    progress?.(reader.position);
  }
};

/** All partitions that are left. Rejects with what reader and sink reject with. */
export const copyRows = async (
  reader: RowReader,
  sink: RowSink,
  options: CopyOptions = {},
): Promise<void> => {
  for (;;) {
    options.signal?.throwIfAborted();
    const head = await reader.nextPartition();
    if (head === undefined) return;
    const started = sink.startPartition(head.key, head.deletion, head.staticRow);
    if (started !== undefined) await started;
    await copyPartition(reader, sink, options);
    const ended = sink.endPartition();
    if (ended !== undefined) await ended;
  }
};
