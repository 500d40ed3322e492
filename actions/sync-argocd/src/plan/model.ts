import type { Change, Check } from '@suite/change-report';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Application, Destination, RenderedApplication, RenderedHook, Rendering } from '../render/index.ts';
import type { Live } from './observe.ts';
import type { Tracking } from './tracking.ts';

export type Action = 'create' | 'sync' | 'delete' | 'none' | 'unknown';

export interface ApplicationPlan {
  readonly name: string;
  /** `unknown`: it could not be rendered. */
  readonly action: Action;
  /** At head; at base for one that is taken away. */
  readonly rendered: RenderedApplication;
  readonly changes: readonly Change[];
  /** What differed before this commit, from what was wanted to what is there. */
  readonly drift: readonly Change[];
  /** What a sync runs besides. */
  readonly hooks: readonly RenderedHook[];
  /** Images that head runs and that are not named by a digest, without those that base had. */
  readonly loose: readonly string[];
  /** Objects that are rendered no more and stay, because nothing prunes them. */
  readonly stays: readonly string[];
  /** Objects that wait for a person's word before they are pruned (`Prune=confirm`). */
  readonly confirmations: readonly string[];
  /** Changes of fields that cannot be changed, where the sync does not force them. */
  readonly blocked: readonly string[];
  /** What a review of it is held to. */
  readonly reviewed: ReviewedApplication;
}

/** What a review of one application is held to. */
export interface ReviewedApplication {
  readonly action: Action;
  /** HMAC of the Application and of all that it renders. */
  readonly intent: string;
  /** HMAC of what changes in the cluster. Absent where that could not be known to the last. */
  readonly plan?: string;
}

export interface ApplicationsPlan {
  readonly applications: readonly ApplicationPlan[];
  readonly changes: readonly Change[];
  readonly drift: readonly Change[];
  readonly checks: readonly Check[];
  /** HMAC of `reviewed`. */
  readonly digest: string;
  /** By name. */
  readonly reviewed: Readonly<Record<string, ReviewedApplication>>;
}

export interface PlanInput {
  /** What is compared with; undefined: only the cluster is, and all that differs is this commit's. */
  readonly base: Rendering | undefined;
  readonly head: Rendering;
  readonly live: Live;
  /** Whether a destination is the cluster that `live` is of. */
  readonly isHere: (destination: Destination) => boolean;
  /** Projects as this run is going to apply them; others are taken from `live`. */
  readonly projects: readonly KubernetesObject[];
  /** What its project forbids of an application and of what it renders (`resourcesOf`), one sentence each. */
  readonly forbidden: (rendered: RenderedApplication, project: KubernetesObject) => readonly string[];
  /** Why no sync may begin now, a clause such as `until 2026-11-30T06:00:00Z by …`; undefined where one may. */
  readonly closed: (application: Application) => string | undefined;
  /** Whether the sync that follows deletes what is rendered no more; undefined: as the Application's own policy says. */
  readonly prunes?: boolean;
  readonly tracking?: Tracking;
  /** Keeps anybody from guessing what is rendered from its digest. */
  readonly key: string;
}
