export { type ComparableEncoder, comparableEncoder } from './comparable/comparable-encoder.ts';
export { pushVarint } from './comparable/comparable-integers.ts';
export { pushEscaped } from './comparable/escaped-bytes.ts';
export { type Comparator, comparatorOf } from './comparators/comparator.ts';
export {
  type ColumnPlace,
  isCompatible,
  isReadableAs,
  isSerializationCompatible,
  isValueCompatible,
} from './compatibility.ts';
export { cqlName } from './cql-name.ts';
export { parseCqlName, resolveUdts, type UdtDefinition } from './cql-name-parser.ts';
export {
  type AliasedType,
  type CompositeType,
  type CqlType,
  type CustomType,
  type DynamicCompositeType,
  freeze,
  inKeyspace,
  isMultiCell,
  type ListType,
  type MapType,
  type NativeType,
  nativeType,
  type PartitionerOrderType,
  type ReversedType,
  reversedType,
  type TupleType,
  type UdtField,
  type UdtType,
  type VectorType,
} from './cql-type.ts';
export {
  SchemaError,
  type SchemaErrorType,
  schemaErrorMessage,
  TypeStringError,
  type TypeStringErrorType,
  typeStringErrorMessage,
  ValueError,
  type ValueErrorType,
  valueErrorMessage,
} from './errors.ts';
export { valueLengthIfFixed } from './fixed-length.ts';
export {
  COMPONENT_BYTES_MAX,
  DECIMAL_EXACT_BYTES_MAX,
  DYNAMIC_TYPES_CACHED_MAX,
  JSON_DEPTH_MAX,
  JSON_TEXT_LENGTH_MAX,
  NUMBER_BYTES_MAX,
  NUMBER_TEXT_LENGTH_MAX,
  SCHEMA_TEXT_LENGTH_MAX,
  TYPE_DEPTH_MAX,
  TYPE_TEXT_LENGTH_MAX,
  VECTOR_DIMENSION_MAX,
} from './limits.ts';
export {
  MARSHAL_PACKAGE,
  NATIVE_TYPES,
  type NativeFacts,
  type NativeName,
} from './native-types.ts';
export { sameType } from './same-type.ts';
export { storageColumns } from './schema/compact-storage.ts';
export { type ParseSchemaOptions, parseSchema } from './schema/parse-schema.ts';
export { schemaCql } from './schema/schema-cql.ts';
export type {
  CompactFacts,
  DroppedSchemaColumn,
  IgnoredStatement,
  Schema,
  SchemaColumn,
  TableColumns,
  TableCompression,
  TableOptions,
  TableOptionValue,
  TableSchema,
} from './schema/table-schema.ts';
export { parseType } from './type-parser.ts';
export { typeString } from './type-string.ts';
export { decodeValue } from './values/codec/decode-value.ts';
export { encodeText } from './values/codec/encode-text.ts';
export { encodeJson, encodeValue, parseExactJson } from './values/codec/encode-value.ts';
export { type ExactJson, NumberText } from './values/codec/exact-json.ts';
export type { CqlDuration, CqlValue } from './values/cql-value.ts';
export { jsonString } from './values/text/json-string.ts';
export { jsonOfValue, jsonWriterOf } from './values/text/value-json.ts';
export { textOfValue, textWriterOf } from './values/text/value-text.ts';
export { valueProblem, valueProblemOf } from './values/value-problem.ts';
