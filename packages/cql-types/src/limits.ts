// Control plane. Named maxima of type texts, with units and reasons. Called by the parsers of this package.

/**
 * Characters of the longest type text that is parsed. A user type of 1,000 fields takes about 60,000; a header may hold
 * thousands of columns, so one of them stays far below what a header may take in all.
 */
export const TYPE_TEXT_LENGTH_MAX = 262_144;

/** Types within types; Cassandra itself knows no limit but its stack, real schemas stay below 10. */
export const TYPE_DEPTH_MAX = 64;

/** Largest dimension of a vector: an int in Cassandra (VectorType). */
export const VECTOR_DIMENSION_MAX = 0x7fffffff;

/** Types named inside dynamic composites that a comparator keeps parsed; real values use a handful. */
export const DYNAMIC_TYPES_CACHED_MAX = 64;

/** Characters of the longest schema file that is parsed: 10,000 tables of 1,000 characters, and some room. */
export const SCHEMA_TEXT_LENGTH_MAX = 16 * 1024 * 1024;

/** Characters of the longest number that is read from text: more than any use needs, few enough to be read in an instant. */
export const NUMBER_TEXT_LENGTH_MAX = 131_072;

/** Bytes of the longest varint or decimal that is decoded or printed in digits, which takes 50 ms; longer ones are printed in hex. */
export const NUMBER_BYTES_MAX = 65_536;

/** Bytes of the longest decimals that are compared exactly where they are close to each other with different scales. */
export const DECIMAL_EXACT_BYTES_MAX = 1_048_576;

/** Bytes of a component of a composite: its length is a u16. */
export const COMPONENT_BYTES_MAX = 0xffff;

/** Characters of the longest JSON text that is read at once: above the largest value that a node takes (max_value_size). */
export const JSON_TEXT_LENGTH_MAX = 256 * 1024 * 1024;

/** Arrays and objects within each other in a JSON text; types are nested less deeply (`TYPE_DEPTH_MAX`). */
export const JSON_DEPTH_MAX = 128;
