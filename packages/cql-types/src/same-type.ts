// Control plane. Equality of types (AbstractType#equals). Called by the compatibility rules and by whoever compares schemas.
import type { CqlType } from './cql-type.ts';

const allSame = (a: readonly CqlType[], b: readonly CqlType[]): boolean =>
  a.length === b.length && a.every((type, index) => sameType(type, b[index] as CqlType));

const bothOrNeither = (a: CqlType | undefined, b: CqlType | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameType(a, b);

/** True when both are the same type in every detail: order, frozenness, keyspace and names included. */
export const sameType = (a: CqlType, b: CqlType): boolean => {
  if (a === b) return true;
  switch (a.kind) {
    case 'native':
      return b.kind === 'native' && a.name === b.name;
    case 'list':
    case 'set':
      return b.kind === a.kind && a.frozen === b.frozen && sameType(a.element, b.element);
    case 'map':
      return (
        b.kind === 'map' && a.frozen === b.frozen && allSame([a.key, a.value], [b.key, b.value])
      );
    case 'tuple':
    case 'composite':
      return b.kind === a.kind && allSame(a.components, b.components);
    case 'udt':
      return (
        b.kind === 'udt' &&
        a.name === b.name &&
        a.keyspace === b.keyspace &&
        a.frozen === b.frozen &&
        a.fields.length === b.fields.length &&
        a.fields.every(({ name, type }, index) => {
          const other = b.fields[index];
          return other !== undefined && name === other.name && sameType(type, other.type);
        })
      );
    case 'vector':
      return b.kind === 'vector' && a.dimension === b.dimension && sameType(a.element, b.element);
    case 'reversed':
      return b.kind === 'reversed' && sameType(a.base, b.base);
    case 'dynamicComposite':
      return (
        b.kind === 'dynamicComposite' &&
        a.aliases.every(({ alias }, index) => alias === b.aliases[index]?.alias) &&
        allSame(
          a.aliases.map(({ type }) => type),
          b.aliases.map(({ type }) => type),
        )
      );
    case 'partitionerOrder':
      return (
        b.kind === 'partitionerOrder' &&
        a.partitionerClass === b.partitionerClass &&
        bothOrNeither(a.base, b.base)
      );
    case 'custom':
      return (
        b.kind === 'custom' && a.className === b.className && a.argumentsText === b.argumentsText
      );
    default: {
      const never: never = a;
      return never;
    }
  }
};
