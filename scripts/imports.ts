/** One import of a module: what it names, where, and whether it costs something before it is used. */
export type Import = {
  readonly specifier: string;
  readonly line: number;
  /** `type` is erased; `lazy` is `await import()`; `static` is loaded with the module. */
  readonly kind: 'static' | 'type' | 'lazy';
};

// Formatted source has every declaration at the start of its line, and TypeScript 7 has no parser to ask.
const DECLARATION = /^(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s+['"]([^'"]+)['"]/gm;
const SIDE_EFFECT = /^import\s+()['"]([^'"]+)['"]/gm;
const LAZY = /\bimport\(\s*()['"]([^'"]+)['"]/g;

/** Every import of a module in formatted TypeScript. */
export function importsOf(source: string): Import[] {
  return [
    ...matches(source, DECLARATION, 'static'),
    ...matches(source, SIDE_EFFECT, 'static'),
    ...matches(source, LAZY, 'lazy'),
  ];
}

function matches(source: string, pattern: RegExp, kind: 'static' | 'lazy'): Import[] {
  return [...source.matchAll(pattern)].map((match) => ({
    specifier: match[2] ?? '',
    line: source.slice(0, match.index).split('\n').length,
    kind: match[1] ? 'type' : kind,
  }));
}
