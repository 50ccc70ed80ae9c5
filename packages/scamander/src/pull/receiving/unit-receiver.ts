// Control plane. Receives units for the work of a pull and keeps what came of them for the report. Called by pull(). Knows what each table's folder
// holds; reads it when the first unit of the table comes.
import type { StreamEvent } from '@scamander/session';
import { endpointText } from '@scamander/wire-codec';
import type { FrontDoorParts } from '../../parts.ts';
import type { Reception } from '../../receipt/receipt.ts';
import { TableContents } from '../destination/contents.ts';
import type { PullEvent } from '../events.ts';
import { cameBefore } from '../plan/plan-all.ts';
import type { Unit } from '../plan/units.ts';
import type { PulledTable } from '../tables.ts';
import { type Received, type ReceiveInput, receiveUnit } from './receive-unit.ts';
import { type BareReception, completeReceptions, earlierReceptions } from './receptions.ts';

/** What it needs. */
export interface ReceiverInput extends Omit<ReceiveInput, 'contents' | 'signal' | 'emit'> {
  /** Files are read once more for the receipt, until it fires; undefined: not at all. */
  readonly reading: AbortSignal | undefined;
  readonly emit: (event: PullEvent | StreamEvent) => void;
}

/** See the head of this file. */
export class UnitReceiver {
  readonly #input: ReceiverInput;
  readonly #parts: FrontDoorParts;
  readonly #contents = new Map<string, Promise<TableContents>>();
  readonly #receptions: Reception[] = [];
  /** Files are read one unit after the other, beside the sessions. */
  #reading: Promise<void> = Promise.resolve();

  constructor(input: ReceiverInput, parts: FrontDoorParts) {
    this.#input = input;
    this.#parts = parts;
  }

  /** One try. */
  async receive(unit: Unit, signal: AbortSignal): Promise<Received> {
    const contents = await this.#contentsOf(unit.table);
    return receiveUnit(unit, { ...this.#input, contents, signal }, this.#parts);
  }

  /** A unit is here: its files are read for the receipt, and it is told. */
  received(unit: Unit, bare: readonly BareReception[]): void {
    const { destination, reading } = this.#input;
    this.#reading = this.#reading.then(async () => {
      const receptions = await completeReceptions(bare, destination.dataDirectory, reading);
      this.#receptions.push(...receptions);
      const { keyspace, table } = unit.table.resolved;
      const replica = endpointText(unit.node.endpoint);
      this.#input.emit({ type: 'UnitReceived', keyspace, table, replica, receptions });
    });
  }

  /** Everything that is here of this run and of those that it goes on from. */
  async end(tables: readonly PulledTable[]): Promise<readonly Reception[]> {
    await this.#reading;
    const { destination, reading } = this.#input;
    const { ledger, dataDirectory } = destination;
    const earlier = tables.flatMap((table) =>
      earlierReceptions(
        table,
        cameBefore(table, ledger).filter(({ run }) => run < ledger.run),
      ),
    );
    return [...(await completeReceptions(earlier, dataDirectory, reading)), ...this.#receptions];
  }

  #contentsOf({ known, resolved }: PulledTable): Promise<TableContents> {
    const { tableId } = resolved;
    const found = this.#contents.get(tableId) ?? TableContents.of(known?.directory ?? '');
    this.#contents.set(tableId, found);
    return found;
  }
}
