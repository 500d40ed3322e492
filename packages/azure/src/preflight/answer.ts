/**
 * What a question before an apply came to. One that nobody could answer is never taken for a good answer: `why` says what
 * was in the way, as a sentence, and `remedy` what to do about it.
 */
export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string; readonly remedy?: string };

export function known<T>(value: T): Answer<T> {
  return { known: true, value };
}

export function mapAnswer<T, R>(answer: Answer<T>, change: (value: T) => R): Answer<R> {
  return answer.known ? known(change(answer.value)) : answer;
}
