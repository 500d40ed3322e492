import { goPlatform, type ToolRelease } from '@suite/action-kit';

/**
 * The one Helm that is downloaded when a runner has none: the version whose output `fixtures` holds. SHA-256 of each
 * archive from the release notes of helm/helm v4.1.4 (2026-04-09). Platforms without an entry are not downloaded.
 */
export const pinnedRelease: ToolRelease = {
  version: '4.1.4',
  checksums: {
    'linux-amd64': '70b2c30a19da4db264dfd68c8a3664e05093a361cefd89572ffb36f8abfa3d09',
    'linux-arm64': '13d03672be289045d2ff00e4e345d61de1c6f21c1257a45955a30e8ae036d8f1',
    'darwin-amd64': 'abf09c8503ad1d8ef76d3737a058c3456a998aae5f5966fce4bb3031aeb1654e',
    'darwin-arm64': '7c2eca678e8001fa863cdf8cbf6ac1b3799f9404a89eb55c08260ef5732e658d',
    'windows-amd64': 'bd60f567f667631a2c9b698dfabe5e3cd52eaaf4264163c0a9cae566db8560e8',
    'windows-arm64': 'd0a651026da4a26b28bdfc3d455ce3dfacbc267182dc2225c2172b1dcc549643',
  },
};

/** `linux-amd64` for Node's `linux` and `x64`; undefined for what Helm does not build under these names. */
export function releasePlatform(platform: string, arch: string): string | undefined {
  return goPlatform(platform, arch, '-');
}

export function releaseUrl(version: string, platform: string): string {
  const extension = platform.startsWith('windows-') ? 'zip' : 'tar.gz';
  return `https://get.helm.sh/helm-v${version}-${platform}.${extension}`;
}
