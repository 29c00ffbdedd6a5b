/** Why there is no answer: the answer was no, or nobody was there to give one. */
export type Reason =
  /** It was answered, and the message says what is wrong. */
  | 'answered'
  /** The server does not know these routes, or not this one. */
  | 'no routes'
  /** The server's notebooks are not files: it cannot know the store. */
  | 'no files'
  /** The server cannot be reached. */
  | 'no server'
  /** The kernel is busy and cannot answer beside that. */
  | 'busy'
  /** There is no kernel to ask. */
  | 'no kernel'
  /** The kernel has not loaded the extension, or does not have the package. */
  | 'not loaded'
  /** Front end and kernel or server are of versions that do not fit. */
  | 'versions';

/** There is no answer; the message is fit to be shown. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly reason: Reason = 'answered',
    readonly status = 0
  ) {
    super(message);
  }
}

/** What to say of something that went wrong. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
