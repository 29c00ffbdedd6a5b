/** Texts that can be translated: what Lab's translation bundles offer, and no more. */
export interface IWords {
  __(text: string, ...values: string[]): string;
  _n(one: string, many: string, count: number, ...values: string[]): string;
}

/** The texts as they stand in the source; for tests, and where there is no translator. */
export const plainWords: IWords = {
  __: (text, ...values) => filled(text, values),
  _n: (one, many, count, ...values) => filled(count === 1 ? one : many, [String(count), ...values])
};

function filled(text: string, values: string[]): string {
  return text.replace(/%(\d)/g, (whole, number) => values[Number(number) - 1] ?? whole);
}
