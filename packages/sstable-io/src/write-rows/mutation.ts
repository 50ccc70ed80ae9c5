// Data plane. What one statement does to one partition, in the model of rows. Made by the statement encoder; taken by the row buffer. Types only.
import type { ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Row } from '../rows/model.ts';

/** A deletion of all rows between two places: bounds that begin and end a range. */
export interface RangeDeletion {
  readonly start: ClusteringPlace;
  readonly end: ClusteringPlace;
  readonly deletion: DeletionTime;
}

/** All bytes are its own. */
export interface Mutation {
  readonly key: Uint8Array;
  readonly partitionDeletion: DeletionTime | undefined;
  readonly staticRow: Row | undefined;
  readonly row: Row | undefined;
  readonly range: RangeDeletion | undefined;
}
