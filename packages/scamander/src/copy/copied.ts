// Control plane. What replicas of the target have of a table, in ranges: of this run, and of the one that it resumes. Made by copy(); asked when
// a table is planned, filled by its units. With a ledger nothing counts before it is durable.
import type { Partitioner, RingNode, TokenRange } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { rangeWord } from '../jobs/ranges.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/records.ts';
import { Acknowledged } from '../load/acknowledged.ts';
import type { TablePair } from './table-pair.ts';
import { nameOf } from './table-pair.ts';

/** Host id where one is known: addresses change hands. */
const idOf = (node: RingNode): string => node.hostId ?? endpointText(node.endpoint);

/** A run that ended has nothing to resume: what it copied is copied again, since the source went on. */
const sinceLastEnd = (records: readonly LedgerRecord[]): readonly LedgerRecord[] =>
  records.slice(records.findLastIndex(({ type }) => type === 'end') + 1);

/** What one unit brought. */
export interface CopiedUnit {
  readonly pair: TablePair;
  readonly from: RingNode;
  /** Of the unit, who has all of its ranges now. */
  readonly to: readonly RingNode[];
  /** Nobody of the unit misses anything. */
  readonly whole: boolean;
  readonly ranges: readonly TokenRange[];
  readonly bytes: number;
  readonly planId: string;
}

/** See the head of this file. */
export class Copied {
  readonly #partitioner: Partitioner;
  readonly #ledger: Ledger | undefined;
  readonly #acknowledged: Acknowledged;
  readonly #unixMs: () => number;
  readonly #bySource: boolean;

  /** `bySource`: what one node of the source gave does not stand for what the others have (`allReplicas`). */
  constructor(
    partitioner: Partitioner,
    ledger: Ledger | undefined,
    unixMs: () => number,
    bySource: boolean,
  ) {
    this.#partitioner = partitioner;
    this.#ledger = ledger;
    this.#acknowledged = new Acknowledged(partitioner, sinceLastEnd(ledger?.records ?? []));
    this.#unixMs = unixMs;
    this.#bySource = bySource;
  }

  /** Acknowledged ranges of a copy name the table they are of, where those of a load name an SSTable. */
  #contentOf({ source }: TablePair, from: RingNode): string {
    return `copy of ${source.tableId}${this.#bySource ? ` at ${idOf(from)}` : ''}`;
  }

  /** Of these ranges of the source's node what the target's node does not have. */
  missing(
    pair: TablePair,
    from: RingNode,
    node: RingNode,
    ranges: readonly TokenRange[],
  ): readonly TokenRange[] {
    const item = { tableId: pair.target.tableId, content: this.#contentOf(pair, from) };
    const at = { replica: endpointText(node.endpoint), hostId: node.hostId };
    return this.#acknowledged.missing(item, at, ranges);
  }

  /** Counts a unit, when it is durable. */
  async add(unit: CopiedUnit): Promise<Either<ScamanderErrorType, void>> {
    const { pair, from, to, ranges, bytes, planId } = unit;
    const { keyspace, table, tableId } = pair.target;
    const content = this.#contentOf(pair, from);
    const words = ranges.map((range) => rangeWord(this.#partitioner, range));
    const at = new Date(this.#unixMs()).toISOString();
    const source = endpointText(from.endpoint);
    for (const node of to) {
      const replica = endpointText(node.endpoint);
      const { hostId } = node;
      const written = await this.#ledger?.append({
        type: 'acknowledged',
        ...{ keyspace, table, tableId, replica, hostId, content, bytes, planId },
        sstable: `${nameOf(pair.source)} of ${source}`,
        ranges: words,
      });
      if (written !== undefined && isLeft(written)) return written;
      const part = { run: this.#ledger?.run ?? 1, planId, at, ranges };
      this.#acknowledged.add({ tableId, content }, { replica, hostId }, part);
    }
    if (!unit.whole) return right(undefined);
    const received = await this.#ledger?.append({
      type: 'received',
      ...{
        keyspace: pair.source.keyspace,
        table: pair.source.table,
        replica: source,
        planId,
        bytes,
      },
      tableId: pair.source.tableId,
      ranges: words,
      sstables: [],
    });
    return received ?? right(undefined);
  }
}
