// Data plane. The keys of partitions and nothing else (`sstabledump -e`). Called by dump-rows.ts.
import type { PartitionHead } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { DumpWriter } from './dump-writer.ts';
import { eachKeyPart, keyPartTypes } from './key-parts.ts';
import type { TextBuffer } from './text-buffer.ts';
import { textValueWriter, type ValueWriter } from './value-writers.ts';

/** `json`: one array as the tool prints it; `jsonl`: an array of the key's parts in each line. */
export class KeysWriter implements DumpWriter {
  readonly #out: TextBuffer;
  readonly #header: RowHeader;
  readonly #pretty: boolean;
  readonly #parts: readonly ValueWriter[];
  #count = 0;

  constructor(out: TextBuffer, header: RowHeader, style: { readonly pretty: boolean }) {
    this.#out = out;
    this.#header = header;
    this.#pretty = style.pretty;
    this.#parts = keyPartTypes(header.keyType).map(textValueWriter);
  }

  begin(): void {
    if (this.#pretty) this.#out.ascii('[');
  }

  startPartition(head: PartitionHead): void {
    const out = this.#out;
    const comma = this.#pretty ? ', ' : ',';
    if (this.#pretty) out.ascii(this.#count === 0 ? ' [ ' : ', [ ');
    else out.ascii('[');
    this.#count += 1;
    eachKeyPart(this.#header.keyType, head.key, (index, part) => {
      if (index > 0) out.ascii(comma);
      (this.#parts[index] as ValueWriter)(out, part);
    });
    out.ascii(this.#pretty ? ' ]' : ']\n');
  }

  add(): void {
    // Rows are not shown.
  }

  endPartition(): void {
    // Nothing follows a key.
  }

  end(): void {
    if (this.#pretty) this.#out.ascii(this.#count === 0 ? ' ]' : '\n]');
  }
}
