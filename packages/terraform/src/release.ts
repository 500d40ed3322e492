import { goPlatform, type ToolRelease } from '@suite/action-kit';

/**
 * The one Terraform that is downloaded when a runner has none: the version of all recorded runs in `test/fixtures`.
 * SHA-256 of each zip: linux and darwin from HashiCorp's own formula (hashicorp/homebrew-tap, commit e67d13c, 2025-04-09),
 * windows from microsoft/winget-pkgs, manifest Hashicorp.Terraform 1.11.4. Platforms without an entry are not downloaded.
 */
export const pinnedRelease: ToolRelease = {
  version: '1.11.4',
  checksums: {
    linux_amd64: '1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc',
    linux_arm64: 'a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633',
    darwin_amd64: 'a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b',
    darwin_arm64: '867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18',
    windows_amd64: '4e1dc85419dda723f2bb3afdf63a0d282a2de858588d56dd57d2e4e4c4c83f2b',
  },
};

/** `linux_amd64` for Node's `linux` and `x64`; undefined for what is not built under these names. */
export function releasePlatform(platform: string, arch: string): string | undefined {
  return goPlatform(platform, arch, '_');
}

export function releaseUrl(version: string, platform: string): string {
  return `https://releases.hashicorp.com/terraform/${version}/terraform_${version}_${platform}.zip`;
}

/**
 * The one OpenTofu that is downloaded when a runner has none. SHA-256 of each zip: linux and darwin from cashapp/hermit-packages
 * (commit f0517fd, 2026-08-22), windows from the checksum that Chocolatey's `opentofu.portable` carries; each was found the same in
 * other repositories that pin it.
 */
export const pinnedTofu: ToolRelease = {
  version: '1.12.6',
  checksums: {
    linux_amd64: '5dc43da4f750f33873dc25e94587128709e819e544b7be9016b255316153c3a8',
    linux_arm64: 'e573979ba68a17fe7b881752051a694a7efcd970e39521f6a25775197861ed4d',
    darwin_amd64: '166388e5feed47e107e11721b6366bf91d21e47eccbced75f3cbe0c7184ffd9b',
    darwin_arm64: 'e083ee43790ab9e19ad66d9933e24a7244a1412e1d5728f37999ae2163fdac95',
    windows_amd64: '0d1421721cf9ec24b41b698a9620dda218d47fa7e76ac3dc15cdbc13bd79b0bb',
  },
};

export function tofuUrl(version: string, platform: string): string {
  return `https://github.com/opentofu/opentofu/releases/download/v${version}/tofu_${version}_${platform}.zip`;
}
