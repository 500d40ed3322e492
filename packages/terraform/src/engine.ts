/** A program that makes what a configuration says. OpenTofu is a fork of Terraform: commands, files and states are the same, names are not. */
export interface Engine {
  readonly name: 'terraform' | 'opentofu';
  /** As people call it. */
  readonly title: string;
  /** As it is called on PATH. */
  readonly command: string;
  /** Where providers come from whose source names no host. */
  readonly registry: string;
  /** Who answers for it. */
  readonly maker: string;
}

export const engines: Readonly<Record<Engine['name'], Engine>> = {
  terraform: {
    name: 'terraform',
    title: 'Terraform',
    command: 'terraform',
    registry: 'registry.terraform.io',
    maker: 'HashiCorp',
  },
  opentofu: {
    name: 'opentofu',
    title: 'OpenTofu',
    command: 'tofu',
    registry: 'registry.opentofu.org',
    maker: 'the OpenTofu project',
  },
};
