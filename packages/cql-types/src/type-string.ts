// Control plane. Types as Cassandra writes them in headers: full class names (spec: sstable-data §7.2; AbstractType#toString). Called when
// headers are written or compared, and in messages.
import type { CqlType } from './cql-type.ts';
import { MARSHAL_PACKAGE, NATIVE_TYPES } from './native-types.ts';

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

const call = (className: string, parameters: readonly string[]): string =>
  `${MARSHAL_PACKAGE}${className}(${parameters.join(',')})`;

/** Wraps what is frozen, unless it stands in something frozen already. */
const wrapped = (text: string, frozen: boolean, insideFrozen: boolean): string =>
  frozen && !insideFrozen ? call('FrozenType', [text]) : text;

const print = (type: CqlType, insideFrozen: boolean): string => {
  switch (type.kind) {
    case 'native':
      return `${MARSHAL_PACKAGE}${NATIVE_TYPES[type.name].className}`;
    case 'list':
    case 'set': {
      const element = print(type.element, insideFrozen || type.frozen);
      const className = type.kind === 'list' ? 'ListType' : 'SetType';
      return wrapped(call(className, [element]), type.frozen, insideFrozen);
    }
    case 'map': {
      const inside = insideFrozen || type.frozen;
      const text = call('MapType', [print(type.key, inside), print(type.value, inside)]);
      return wrapped(text, type.frozen, insideFrozen);
    }
    case 'udt': {
      const inside = insideFrozen || type.frozen;
      const fields = type.fields.map((field) => `${hex(field.name)}:${print(field.type, inside)}`);
      const text = call('UserType', [type.keyspace, hex(type.name), ...fields]);
      return wrapped(text, type.frozen, insideFrozen);
    }
    case 'tuple':
      return call(
        'TupleType',
        type.components.map((component) => print(component, true)),
      );
    case 'vector':
      return `${MARSHAL_PACKAGE}VectorType(${print(type.element, insideFrozen)} , ${type.dimension})`;
    case 'reversed':
      return call('ReversedType', [print(type.base, false)]);
    case 'composite':
      return call(
        'CompositeType',
        type.components.map((component) => print(component, false)),
      );
    case 'dynamicComposite':
      return call(
        'DynamicCompositeType',
        type.aliases.map(({ alias, type: inner }) => `${alias}=>${print(inner, false)}`),
      );
    case 'partitionerOrder': {
      const base = type.base === undefined ? '' : `:${print(type.base, false)}`;
      return call('PartitionerDefinedOrder', [`${type.partitionerClass}${base}`]);
    }
    case 'custom':
      return type.argumentsText === undefined
        ? type.className
        : `${type.className}(${type.argumentsText})`;
    default: {
      const never: never = type;
      return never;
    }
  }
};

/** The canonical string of a type, byte for byte as Cassandra 3.11 to 5.0 write it. */
export const typeString = (type: CqlType): string => print(type, false);
