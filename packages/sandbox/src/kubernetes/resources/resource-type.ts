import { type MergeType, mergeTypeOf, plain } from '../apply/merge-type.ts';
import builtIn from '../data/resources.json' with { type: 'json' };
import type { CustomSchema } from './custom-schema.ts';

/** A resource that a cluster serves in one version. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `deployments` */
  readonly plural: string;
  readonly singular: string;
  /** `Deployment` */
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `status`, `scale`, `log`, `proxy`, `finalize` */
  readonly subresources: readonly string[];
  /** Whether `metadata.generation` counts the changes of a spec. */
  readonly hasGeneration: boolean;
  /** Only asked, never stored: access reviews. */
  readonly isReview: boolean;
  /** How values merge in server-side apply. */
  readonly merge: MergeType;
  /** Entry of data/merge-types.json, where strategic merge patches read too. */
  readonly mergeName?: string;
  /** Of types that a CustomResourceDefinition made. */
  readonly custom?: CustomFacts;
}

export interface CustomFacts {
  /** Name of the CustomResourceDefinition. */
  readonly definition: string;
  readonly schema: CustomSchema;
  readonly printerColumns: readonly PrinterColumn[];
  /** Paths of the scale subresource, without the leading dot. */
  readonly scale?: ScalePaths;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
}

/** Where objects of a type are stored, whatever their version: `deployments.apps`, `pods`. */
export function storeKey({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function apiVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

interface Row {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly string[];
  readonly hasGeneration?: boolean;
  readonly isReview?: boolean;
  readonly mergeType?: string;
}

/** What every cluster serves: see data/README.md. */
export const builtInTypes: readonly ResourceType[] = (builtIn as readonly Row[]).map(
  ({
    mergeType,
    shortNames = [],
    categories = [],
    subresources = [],
    hasGeneration = false,
    isReview = false,
    ...row
  }) => ({
    ...row,
    shortNames,
    categories,
    subresources,
    hasGeneration,
    isReview,
    ...(mergeType === undefined ? {} : { mergeName: mergeType }),
    merge: mergeType === undefined ? plain : mergeTypeOf(mergeType),
  }),
);

/** A built-in type by its store key; names a mistake in this package when there is none. */
export function builtInType(key: string): ResourceType {
  const found = builtInTypes.find(type => storeKey(type) === key);
  if (found === undefined) throw new Error(`The sandbox's Kubernetes serves no ${key}.`);
  return found;
}
