import type { Configuration } from '../http/use-cases.ts';
import { describeSettings } from '../settings/described.ts';
import type { Resolved } from '../settings/resolve.ts';

/** The settings in the words of the wire. */
export function presentConfiguration(resolved: Resolved): Configuration {
  return {
    file: resolved.file,
    settings: describeSettings(resolved).map((each) => ({
      ...{ name: each.name, key: each.key, chapter: each.chapter, value: each.value, unit: each.unit },
      ...{ source: each.source.kind, source_text: each.sourceText, default: each.fallback, range: each.range },
      ...{ flag: each.flag, read_by: each.reader, secret: each.isSecret, why: each.why },
    })),
  };
}
