import type { ReleaseSettings } from '@suite/platform-file';
import type { ChartSource } from '../release.ts';
import charts from './charts.json' with { type: 'json' };

/** A line of the list of charts, which a workflow of this repository keeps up to date. */
interface Pin {
  /** `oci://…`, or the repository that has the chart by the name of the pin. */
  readonly url: string;
  readonly version: string;
  /** Of the manifest in the registry; absent where it is not known: then the plan finds it, and binds the apply to it. */
  readonly digest?: string;
  /** Of what the chart brings, as it says itself; absent where it is not known. */
  readonly appVersion?: string;
  /** Last day on which its makers mend it, as they have published it; absent where they name none. */
  readonly endOfSupport?: EndOfSupport;
  /** Which versions of what the chart brings its makers mend, where that is how they say it. */
  readonly support?: SupportPolicy;
}

interface EndOfSupport {
  readonly day: string;
  /** Of several that the chart brings, the one that ends first: `Grafana 13.2`. */
  readonly of?: string;
  readonly source: string;
}

/** Of what a chart brings: so many of the newest minor versions; or that line (`26.3`) and newer ones, where numbers are months. */
export type SupportPolicy = { readonly source: string } & ({ readonly minors: number } | { readonly oldest: string });

/** The charts that the values here are written for. Those with `https://` are in no OCI registry of their makers. */
const pins: Readonly<Record<keyof typeof charts, Pin>> = charts;

/** The pinned chart, or the version and digest that the platform file names. */
export function pinned(
  name: keyof typeof charts,
  { version, digest }: Pick<ReleaseSettings, 'version' | 'digest'>,
): ChartSource {
  const pin = pins[name];
  // The digest of the list is that of its version, and of no other.
  const found = { version: version ?? pin.version, digest: digest ?? (version === undefined ? pin.digest : undefined) };
  return pin.url.startsWith('oci://')
    ? { kind: 'oci', url: pin.url, ...found }
    : { kind: 'http', repository: pin.url, name, ...found };
}

/** The version of a chart of that place that the values here are written for; undefined for charts of others. */
export function testedVersion(chart: Exclude<ChartSource, { readonly kind: 'folder' }>): string | undefined {
  return pinOf(chart)?.version;
}

/** What its makers say of the support of a chart of that place. */
export interface Support {
  /** Of this version. */
  readonly ends: Pin['endOfSupport'];
  /** Of every version. */
  readonly policy: Pin['support'];
  /** Of what it brings: so new a version there is at least. */
  readonly newest: string | undefined;
}

/** Undefined for charts of others. */
export function supportOf(chart: ChartSource): Support | undefined {
  const pin = pinOf(chart);
  if (pin === undefined || chart.kind === 'folder') return undefined;
  return {
    ends: chart.version === pin.version ? pin.endOfSupport : undefined,
    policy: pin.support,
    newest: pin.appVersion,
  };
}

function pinOf(chart: ChartSource): Pin | undefined {
  if (chart.kind === 'folder') return undefined;
  const found = Object.entries<Pin>(pins).find(([name, { url }]) =>
    chart.kind === 'oci' ? url === chart.url : url === chart.repository && name === chart.name,
  );
  return found?.[1];
}
