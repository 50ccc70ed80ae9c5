// Data plane. JSON strings as Cassandra writes them (JsonUtils#quoteAsJsonString): quotes, backslashes and control characters are escaped, all
// else stands for itself. Called by the JSON printers.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON does not allow in strings
const ESCAPED = /["\\\u0000-\u001f]/g;

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

/** The text within quotes, without them. */
export const escapedJson = (text: string): string => text.replace(ESCAPED, escapeOf);

/** The text as a JSON string. */
export const jsonString = (text: string): string => `"${escapedJson(text)}"`;
