// Control plane. What can be wrong with the text of a type. Called by the parsers of this package and by whoever reports.

/** What is wrong, where in the text (in characters), and what stood there. `text` is cut to 200 characters around the place. */
export type TypeStringErrorType =
  | {
      readonly code: 'SCM_TYPE_SYNTAX';
      readonly text: string;
      readonly offset: number;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly code: 'SCM_TYPE_TOO_LONG'; readonly length: number; readonly limit: number }
  | {
      readonly code: 'SCM_TYPE_TOO_DEEP';
      readonly text: string;
      readonly offset: number;
      readonly limit: number;
    }
  | { readonly code: 'SCM_TYPE_UNKNOWN'; readonly text: string; readonly name: string }
  | { readonly code: 'SCM_TYPE_CYCLE'; readonly name: string };

/** One sentence for people. */
export const typeStringErrorMessage = (error: TypeStringErrorType): string => {
  switch (error.code) {
    case 'SCM_TYPE_SYNTAX':
      return `type "${error.text}", character ${error.offset}: expected ${error.expected}, found ${error.found}`;
    case 'SCM_TYPE_TOO_LONG':
      return `a type text of ${error.length} characters; the limit is ${error.limit}`;
    case 'SCM_TYPE_TOO_DEEP':
      return `type "${error.text}", character ${error.offset}: more than ${error.limit} types within each other`;
    case 'SCM_TYPE_UNKNOWN':
      return `type "${error.text}": there is no type named ${error.name}`;
    case 'SCM_TYPE_CYCLE':
      return `user type ${error.name} contains itself`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link TypeStringErrorType}. */
export class TypeStringError extends Error {
  override readonly name = 'TypeStringError';
  readonly code: TypeStringErrorType['code'];
  readonly detail: TypeStringErrorType;

  constructor(detail: TypeStringErrorType, options?: ErrorOptions) {
    super(typeStringErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}

/** What is wrong with a schema file, and where; lines and columns (in characters) count from 1. */
export type SchemaErrorType =
  | {
      readonly code: 'SCM_SCHEMA_SYNTAX';
      readonly line: number;
      readonly column: number;
      readonly expected: string;
      readonly found: string;
    }
  | {
      readonly code: 'SCM_SCHEMA_TYPE';
      readonly line: number;
      readonly column: number;
      readonly problem: TypeStringErrorType;
    }
  | {
      readonly code: 'SCM_SCHEMA_INVALID';
      readonly line: number;
      readonly column: number;
      readonly reason: string;
    }
  | { readonly code: 'SCM_SCHEMA_TOO_LONG'; readonly length: number; readonly limit: number };

/** One sentence for people. */
export const schemaErrorMessage = (error: SchemaErrorType): string => {
  switch (error.code) {
    case 'SCM_SCHEMA_SYNTAX':
      return `line ${error.line}, column ${error.column}: expected ${error.expected}, found ${error.found}`;
    case 'SCM_SCHEMA_TYPE':
      return `line ${error.line}, column ${error.column}: ${typeStringErrorMessage(error.problem)}`;
    case 'SCM_SCHEMA_INVALID':
      return `line ${error.line}, column ${error.column}: ${error.reason}`;
    case 'SCM_SCHEMA_TOO_LONG':
      return `a schema of ${error.length} characters; the limit is ${error.limit}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link SchemaErrorType}. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorType['code'];
  readonly detail: SchemaErrorType;

  constructor(detail: SchemaErrorType, options?: ErrorOptions) {
    super(schemaErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}

/**
 * What is wrong with a value, and of which type (its CQL name). `path` leads from the whole value to the part that is wrong, such
 * as `element 2`, `field "street"`; it is empty where that is the whole.
 */
export type ValueErrorType =
  /** Bytes that are no value of the type. */
  | { readonly code: 'SCM_VALUE_MALFORMED'; readonly type: string; readonly problem: string }
  /** Something that no value of the type can be made of. */
  | {
      readonly code: 'SCM_VALUE_MISMATCH';
      readonly type: string;
      readonly path: readonly string[];
      readonly expected: string;
      readonly found: string;
    }
  /** A type whose values are not made here. */
  | {
      readonly code: 'SCM_VALUE_UNSUPPORTED';
      readonly type: string;
      readonly path: readonly string[];
      readonly reason: string;
    };

const inType = (type: string, path: readonly string[]): string =>
  [`a value of ${type}`, ...path].join(', ');

/** One sentence for people. */
export const valueErrorMessage = (error: ValueErrorType): string => {
  switch (error.code) {
    case 'SCM_VALUE_MALFORMED':
      return `a value of ${error.type}: ${error.problem}`;
    case 'SCM_VALUE_MISMATCH':
      return `${inType(error.type, error.path)}: expected ${error.expected}, found ${error.found}`;
    case 'SCM_VALUE_UNSUPPORTED':
      return `${inType(error.type, error.path)}: ${error.reason}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link ValueErrorType}. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code: ValueErrorType['code'];
  readonly detail: ValueErrorType;

  constructor(detail: ValueErrorType, options?: ErrorOptions) {
    super(valueErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
