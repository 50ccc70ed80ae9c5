// Control plane. What can be wrong with what a dump is asked to show. Called by the parsers of keys and predicates, and by whoever reports.

/** What is wrong with a key or a predicate; `offset` counts characters of the text. */
export type SelectionErrorType =
  | {
      readonly code: 'SCM_SELECT_SYNTAX';
      readonly text: string;
      readonly offset: number;
      readonly expected: string;
    }
  | { readonly code: 'SCM_SELECT_COLUMN'; readonly name: string; readonly known: string }
  | { readonly code: 'SCM_SELECT_VALUE'; readonly text: string; readonly reason: string }
  | { readonly code: 'SCM_SELECT_UNSUPPORTED'; readonly text: string; readonly reason: string };

/** One sentence for people. */
export const selectionErrorMessage = (error: SelectionErrorType): string => {
  switch (error.code) {
    case 'SCM_SELECT_SYNTAX':
      return `expected ${error.expected} at character ${error.offset} of ${error.text}`;
    case 'SCM_SELECT_COLUMN':
      return `there is no column ${error.name}; known: ${error.known}`;
    case 'SCM_SELECT_VALUE':
      return `${error.text} is no value: ${error.reason}`;
    case 'SCM_SELECT_UNSUPPORTED':
      return `${error.text}: ${error.reason}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};
