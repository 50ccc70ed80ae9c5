// Control plane. The version the command line prints; a test holds it against package.json. Called by main.ts.
export const VERSION = '0.1.0';
