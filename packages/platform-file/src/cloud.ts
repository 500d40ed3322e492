import { defaults } from './defaults.ts';

/** Azure's clouds, as Terraform calls them. */
export const cloudNames = ['public', 'usgovernment', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

export function cloudOf({ source }: { readonly source: { readonly cloud?: CloudName | undefined } }): CloudName {
  return source.cloud ?? defaults.cloud;
}

/** The cloud that a location is in. Those of sovereign clouds begin with the country (`az account list-locations`). */
export function cloudOfLocation(location: string): CloudName {
  if (/^us(?:gov|dod)/.test(location)) return 'usgovernment';
  return location.startsWith('china') ? 'china' : 'public';
}
