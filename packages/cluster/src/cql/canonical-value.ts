// Data plane. Values that the CQL driver decoded, as bytes that are equal where the values are, and different where they are not. Called for
// every value of every compared row; feeds a hash and keeps nothing.

/** Takes bytes or text; a hash of node:crypto. */
export interface ByteSink {
  update(data: string | Uint8Array): unknown;
}

const number = Buffer.alloc(8);

/** A tag, and a length before everything that has one, so that no two values run together to the same bytes. */
const tagged = (sink: ByteSink, tag: string, length: number): void => {
  sink.update(`${tag}${length}:`);
};

const text = (sink: ByteSink, tag: string, value: string): void => {
  const bytes = Buffer.from(value);
  tagged(sink, tag, bytes.length);
  sink.update(bytes);
};

const all = (sink: ByteSink, tag: string, values: readonly unknown[]): void => {
  tagged(sink, tag, values.length);
  for (const value of values) canonicalValue(sink, value);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Tuples and vectors of the driver. */
const elementsOf = (value: object): readonly unknown[] | undefined => {
  const { elements } = value as { readonly elements?: unknown };
  return Array.isArray(elements) || ArrayBuffer.isView(elements)
    ? Array.from(elements as ArrayLike<unknown>)
    : undefined;
};

const object = (sink: ByteSink, value: object): void => {
  if (value instanceof Uint8Array) {
    tagged(sink, 'b', value.length);
    sink.update(value);
  } else if (Array.isArray(value)) all(sink, 'l', value);
  else if (value instanceof Map) all(sink, 'm', [...value].flat(1));
  else if (value instanceof Set) all(sink, 'l', [...value]);
  else if (value instanceof Date) text(sink, 't', String(value.getTime()));
  else if (isPlain(value)) all(sink, 'r', Object.entries(value).flat(1));
  else {
    const elements = elementsOf(value);
    if (elements !== undefined) all(sink, 'u', elements);
    // Numbers without bounds, UUIDs, addresses, dates: each kind prints itself in one way.
    else text(sink, value.constructor.name, String(value));
  }
};

/** Writes one value. */
export const canonicalValue = (sink: ByteSink, value: unknown): void => {
  switch (typeof value) {
    case 'undefined':
      sink.update('n');
      break;
    case 'string':
      text(sink, 's', value);
      break;
    case 'number':
      number.writeDoubleBE(value);
      sink.update('d');
      sink.update(number);
      break;
    case 'bigint':
      text(sink, 'i', String(value));
      break;
    case 'boolean':
      sink.update(value ? 'T' : 'F');
      break;
    default:
      if (value === null) sink.update('n');
      else object(sink, value as object);
  }
};
