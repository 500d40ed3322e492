/** Why something is not proven: one sentence, and whether no second look changes it. */
export interface Unproven {
  readonly message: string;
  readonly isLasting: boolean;
}

export function passing(message: string): Unproven {
  return { message, isLasting: false };
}

export function lasting(message: string): Unproven {
  return { message, isLasting: true };
}
