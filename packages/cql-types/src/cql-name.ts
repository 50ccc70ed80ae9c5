// Control plane. Types as CQL writes them, such as `frozen<list<int>>`: what `system_schema.columns` and `system_schema.types` hold
// (CQL3Type#toString). Called by the schema comparison and by whoever prints a type for people.
import type { CqlType } from './cql-type.ts';
import { MARSHAL_PACKAGE, NATIVE_TYPES } from './native-types.ts';
import { typeString } from './type-string.ts';

const quotedClass = (type: CqlType): string => `'${typeString(type)}'`;

/** A name as CQL needs it: in double quotes unless it is lower case letters, digits and underscores. */
const maybeQuoted = (name: string): string =>
  /^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

const frozenText = (text: string, frozen: boolean): string => (frozen ? `frozen<${text}>` : text);

const listOf = (types: readonly CqlType[]): string => types.map(cqlName).join(', ');

/**
 * The CQL text of a type. A reversed type prints as its base (the order is in `clustering_order`); types that CQL has no name
 * for print as their quoted class, as Cassandra does.
 */
export const cqlName = (type: CqlType): string => {
  switch (type.kind) {
    case 'native':
      return (
        NATIVE_TYPES[type.name].cqlName ??
        `'${MARSHAL_PACKAGE}${NATIVE_TYPES[type.name].className}'`
      );
    case 'list':
    case 'set':
      return frozenText(`${type.kind}<${cqlName(type.element)}>`, type.frozen);
    case 'map':
      return frozenText(`map<${listOf([type.key, type.value])}>`, type.frozen);
    case 'tuple':
      return `frozen<tuple<${listOf(type.components)}>>`;
    case 'udt':
      return frozenText(maybeQuoted(type.name), type.frozen);
    case 'vector':
      return `vector<${cqlName(type.element)}, ${type.dimension}>`;
    case 'reversed':
      return cqlName(type.base);
    case 'composite':
    case 'dynamicComposite':
    case 'partitionerOrder':
    case 'custom':
      return quotedClass(type);
    default: {
      const never: never = type;
      return never;
    }
  }
};
