import { attest } from './attest.ts';
import { checkout } from './checkout.ts';
import { downloadArtifact } from './download-artifact.ts';
import type { StandIn } from './stand-in.ts';
import { uploadArtifact } from './upload-artifact.ts';

const standIns: Readonly<Record<string, StandIn>> = {
  'actions/attest': attest,
  'actions/checkout': checkout,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
};

/** The stand-in for `owner/repo@ref`; undefined when the sandbox plays none. */
export function standInFor(action: string, ref: string): StandIn | undefined {
  const standIn = standIns[action.toLowerCase()];
  if (standIn !== undefined && action !== 'actions/checkout' && /^v[1-3](\.|$)/.test(ref)) {
    throw new Error(
      `The sandbox's runner does not play ${action}@${ref}; GitHub has switched it off. Use v4 or newer.`,
    );
  }
  return standIn;
}
