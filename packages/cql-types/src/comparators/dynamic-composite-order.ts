// Data plane. The order of dynamic composites, whose components name their own types (spec: sstable-data §6.6; DynamicCompositeType#getComparator):
// components of different types are ordered by the names of their classes. Called by the orders of types.
import { type CqlType, type DynamicCompositeType, nativeType } from '../cql-type.ts';
import { DYNAMIC_TYPES_CACHED_MAX } from '../limits.ts';
import { NATIVE_TYPES } from '../native-types.ts';
import { parseType } from '../type-parser.ts';
import { typeString } from '../type-string.ts';
import type { RangeOrder } from './byte-order.ts';
import { type ComponentTypes, componentsOrder } from './composite-order.ts';
import { endAt, shortAt } from './element.ts';

interface NamedOrder {
  readonly order: RangeOrder;
  readonly isReversed: boolean;
  /** Name of the class without its package, of what is reversed where it is. */
  readonly simpleName: string;
  /** The whole type, for types that share a class. */
  readonly text: string;
}

const IS_ALIAS = 0x8000;

const before: RangeOrder = () => -1;
const after: RangeOrder = () => 1;

const simpleNameOf = (type: CqlType): string => {
  if (type.kind === 'native') return NATIVE_TYPES[type.name].className;
  const text = type.kind === 'custom' ? type.className : (typeString(type).split('(')[0] as string);
  return text.slice(text.lastIndexOf('.') + 1);
};

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');

/** Reads the heads of components; types that cannot be read count as blobs. */
class DynamicTypes implements ComponentTypes {
  readonly #orderOfType: (type: CqlType) => RangeOrder;
  readonly #byAlias = new Map<number, NamedOrder>();
  readonly #byText = new Map<string, NamedOrder>();
  readonly #unknown: NamedOrder;

  constructor(type: DynamicCompositeType, orderOfType: (type: CqlType) => RangeOrder) {
    this.#orderOfType = orderOfType;
    this.#unknown = this.#named(nativeType('blob'));
    for (const { alias, type: aliased } of type.aliases)
      this.#byAlias.set(alias.charCodeAt(0), this.#named(aliased));
  }

  headBytes(bytes: Uint8Array, at: number, to: number): number {
    const head = shortAt(bytes, at, to);
    return (head & IS_ALIAS) === 0 ? 2 + head : 2;
  }

  orderOf(
    _index: number,
    a: Uint8Array,
    aAt: number,
    aTo: number,
    b: Uint8Array,
    bAt: number,
    bTo: number,
  ): RangeOrder {
    const first = this.#typeAt(a, aAt, aTo);
    const second = this.#typeAt(b, bAt, bTo);
    if (first === second) return first.order;
    if (first.simpleName !== second.simpleName)
      return first.simpleName < second.simpleName ? before : after;
    if (first.isReversed !== second.isReversed) return first.isReversed ? after : before;
    if (first.text !== second.text) return first.text < second.text ? before : after;
    return first.order;
  }

  #typeAt(bytes: Uint8Array, at: number, to: number): NamedOrder {
    const head = shortAt(bytes, at, to);
    if ((head & IS_ALIAS) !== 0) return this.#byAlias.get(head & 0xff) ?? this.#unknown;
    const from = endAt(at, 2, to);
    return this.#typeNamed(latin1(bytes, from, endAt(from, head, to)));
  }

  #typeNamed(text: string): NamedOrder {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const parsed = parseType(text);
    const named = parsed._tag === 'Right' ? this.#named(parsed.right) : this.#unknown;
    if (this.#byText.size >= DYNAMIC_TYPES_CACHED_MAX) this.#byText.clear();
    this.#byText.set(text, named);
    return named;
  }

  #named(type: CqlType): NamedOrder {
    const isReversed = type.kind === 'reversed';
    const base = isReversed ? type.base : type;
    return {
      order: this.#orderOfType(type),
      isReversed,
      simpleName: simpleNameOf(base),
      text: typeString(base),
    };
  }
}

/** `orderOfType` gives the orders of the types of components. */
export const dynamicCompositeOrder = (
  type: DynamicCompositeType,
  orderOfType: (type: CqlType) => RangeOrder,
): RangeOrder => componentsOrder(new DynamicTypes(type, orderOfType), false);
