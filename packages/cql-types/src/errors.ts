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
