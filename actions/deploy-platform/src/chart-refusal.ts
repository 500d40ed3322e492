import { UserError } from '@suite/foundation';
import type { Release } from './release.ts';

/** What a chart, or whoever is to give it, says against a release. */
export class ChartRefusal extends UserError {
  /** Where the platform file decides the release. */
  readonly setting: string;

  constructor({ setting }: Pick<Release, 'setting'>, refusal: UserError) {
    super(refusal.problems, { cause: refusal.cause });
    this.setting = setting;
  }
}

/** Work on the chart of a release: what is refused is known to be about it. */
export async function aboutRelease<T>(release: Pick<Release, 'setting'>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof UserError ? new ChartRefusal(release, error) : error;
  }
}
