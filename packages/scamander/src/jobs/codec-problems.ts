// Control plane. What io-ts has to say of a value, in words: `deliveries[3].bytes: expected a whole number, 0 or more`. Called by the readers of
// ledgers and receipts. The first problem only: who writes such files is a program, and the others follow from it as a rule.
import type { Context, ContextEntry, Errors } from 'io-ts';

const below = (path: string, { key }: ContextEntry, parent: ContextEntry | undefined): string => {
  if (Array.isArray(parent?.actual)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
};

const pathOf = (context: Context): string =>
  context.slice(1).reduce((path, entry, index) => below(path, entry, context[index]), '');

/** Codecs are named in words; those of alternatives by io-ts. */
const expectedOf = (context: Context): string =>
  (context.at(-1)?.type.name ?? 'something else').replaceAll(' | ', ' or ');

/** What is wrong, in words. */
export const codecProblemText = (errors: Errors): string => {
  const [first] = errors;
  if (first === undefined) return 'the whole: expected something else';
  const path = pathOf(first.context);
  return `${path === '' ? 'the whole' : path}: expected ${first.message ?? expectedOf(first.context)}`;
};
