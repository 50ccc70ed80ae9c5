// Data plane. Strings of JSON, escaped as Jackson does it (which Cassandra's dump tool uses): like JSON.stringify, but with capital hex
// digits. Called by the JSON writers; pure.

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must be escaped
const ESCAPED = /["\\\u0000-\u001f]/;
const EACH_ESCAPED = new RegExp(ESCAPED.source, 'g');

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

const escapeOf = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The text between quotes. */
export const jsonString = (text: string): string =>
  ESCAPED.test(text) ? `"${text.replace(EACH_ESCAPED, escapeOf)}"` : `"${text}"`;
