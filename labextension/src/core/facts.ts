import { IFacts } from './types';

/** What the line under a cell says of itself, from the metadata of its outputs; the last one counts. */
export function factsOf(outputs: Iterable<{ metadata?: unknown }>): IFacts | null {
  let found: IFacts | null = null;
  for (const output of outputs) {
    const facts = checked((output.metadata as any)?.cashet);
    if (facts && facts.notice === undefined) {
      found = facts;
    }
  }
  return found;
}

/** Metadata may come with any notebook: only what has the right type is kept, and no more than a line of it. */
function checked(value: unknown): IFacts | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return null;
  }
  const given = value as Record<string, unknown>;
  const facts: IFacts = {};
  for (const name of ['commit', 'status', 'reason', 'notice'] as const) {
    const text = given[name];
    if (typeof text === 'string') {
      facts[name] = text.slice(0, 500);
    }
  }
  for (const name of ['seconds', 'created', 'storing'] as const) {
    const number = given[name];
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0) {
      facts[name] = number;
    }
  }
  if (facts.commit !== undefined && !/^[0-9a-f]{64}$/.test(facts.commit)) {
    delete facts.commit;
  }
  return Object.keys(facts).length ? facts : null;
}
