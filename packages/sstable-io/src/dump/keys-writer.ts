// Data plane. The keys of partitions and nothing else (`sstabledump -e`). Called by dump-rows.ts.
import { jsonString } from '@scamander/cql-types';
import type { PartitionHead } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { DumpWriter } from './dump-writer.ts';
import { eachKeyPart, keyPartTypes } from './key-parts.ts';
import { type Piece, piece, type TextBuffer } from './text-buffer.ts';
import { textValueWriter, type ValueWriter } from './value-writers.ts';

/** `pretty`: one array as the tool prints it; else an array of the key's parts in each line, or an object with it where there are tags. */
export class KeysWriter implements DumpWriter {
  readonly #out: TextBuffer;
  readonly #header: RowHeader;
  readonly #pretty: boolean;
  readonly #open: Piece;
  readonly #close: Piece;
  readonly #parts: readonly ValueWriter[];
  #count = 0;

  constructor(
    out: TextBuffer,
    header: RowHeader,
    style: { readonly pretty: boolean; readonly tags?: Readonly<Record<string, string>> },
  ) {
    const tags = Object.entries(style.tags ?? {}).map(
      ([name, value]) => `"${name}":${jsonString(value)},`,
    );
    const isTagged = !style.pretty && tags.length > 0;
    this.#open = piece(isTagged ? `{${tags.join('')}"key":[` : '[');
    this.#close = piece(isTagged ? ']}\n' : ']\n');
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
    else out.put(this.#open);
    this.#count += 1;
    eachKeyPart(this.#header.keyType, head.key, (index, part) => {
      if (index > 0) out.ascii(comma);
      (this.#parts[index] as ValueWriter)(out, part);
    });
    if (this.#pretty) out.ascii(' ]');
    else out.put(this.#close);
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
