import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasTerraform } from './testing/terraform.ts';
import { openWorldTerraform, summarise, type WorldTerraform } from './testing/world-terraform.ts';

/** What the second phase of a configuration changes in place: `address: update attributes`. */
const configurations = [
  {
    name: 'network',
    changes: [
      'azurerm_application_load_balancer.agc: update tags',
      'azurerm_application_load_balancer_frontend.main: update tags',
      'azurerm_application_load_balancer_security_policy.main: update tags',
      'azurerm_application_load_balancer_subnet_association.main: update tags',
      'azurerm_bastion_host.bastion: update tunneling_enabled',
      'azurerm_dns_a_record.api: update records',
      'azurerm_dns_cname_record.app: update ttl',
      'azurerm_dns_ns_record.child: update ttl',
      'azurerm_dns_zone.child: update soa_record',
      'azurerm_dns_zone.public: update tags',
      'azurerm_federated_identity_credential.controller: update subject',
      'azurerm_nat_gateway.nat: update idle_timeout_in_minutes',
      'azurerm_network_security_rule.https: update destination_address_prefix',
      'azurerm_private_dns_zone.registry: update tags',
      'azurerm_private_dns_zone_virtual_network_link.registry: update resolution_policy',
      'azurerm_private_endpoint.registry: update private_dns_zone_group tags',
      'azurerm_public_ip.nat: update tags',
      'azurerm_route_table.egress: update route',
      'azurerm_web_application_firewall_policy.agc: update policy_settings',
    ],
  },
  {
    name: 'data',
    changes: [
      'azurerm_key_vault.data: update network_acls',
      'azurerm_key_vault.plain: update enabled_for_disk_encryption',
      'azurerm_managed_redis.cache: update default_database',
      'azurerm_network_watcher_flow_log.data: update retention_policy',
      'azurerm_postgresql_flexible_server.data: update storage_mb storage_tier',
      'azurerm_postgresql_flexible_server.passwords: update tags',
      'azurerm_postgresql_flexible_server_configuration.extensions: update value',
      'azurerm_storage_account.data: update blob_properties network_rules',
      'azurerm_storage_account.plain: update tags',
      'azurerm_storage_container.loki: update metadata',
      'azurerm_storage_management_policy.data: update rule',
    ],
  },
] as const;

(hasTerraform ? describe : describe.skip)('configurations of the platform’s network and data', () => {
  let terraform: WorldTerraform;
  beforeAll(async () => {
    terraform = await openWorldTerraform();
  });
  afterAll(() => terraform.close());

  test.each(configurations)(
    '$name: made, left alone, changed in place, left alone, gone',
    async ({ name, changes }) => {
      const before = new Set(everything());
      const configuration = await readFile(new URL(`./fixtures/${name}.tf`, import.meta.url), 'utf8');
      const directory = await terraform.open(name, configuration);
      await directory.apply();
      expect(summarise(await directory.plan())).toEqual([]);
      const second = ['-var', 'phase=2'];
      // Data sources wait for what they look at.
      const changing = (await directory.plan(...second)).filter(({ address }) => !address.startsWith('data.'));
      expect(summarise(changing)).toEqual(changes);
      await directory.apply(...second);
      expect(summarise(await directory.plan(...second))).toEqual([]);
      await directory.destroy();
      expect(everything().filter(id => !before.has(id) && !/NetworkWatcher/.test(id))).toEqual([]);
    },
  );

  const everything = () => terraform.world.azure.resources().map(({ id }) => id);
});
