import { IWords } from '../core/words';
import { Reason, Refusal } from '../sources/refusal';

/** What cannot be shown, and why. */
export type Trouble = '' | 'no notebook' | 'nothing stored' | { text: string; reason: Reason };

/** What is wrong, from what was raised. */
export function troubleOf(error: unknown, words: IWords): Trouble {
  if (error instanceof Refusal) {
    return { text: error.message || words.__('The server does not answer.'), reason: error.reason };
  }
  return { text: words.__('The server does not answer.'), reason: 'no server' };
}

/** Whether what is known still holds: nobody can say anything just now, but nothing is wrong with it. */
export function passes(trouble: Trouble): boolean {
  return typeof trouble === 'object' && (trouble.reason === 'busy' || trouble.reason === 'no server');
}
