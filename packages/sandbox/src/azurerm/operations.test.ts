import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasTerraform } from './testing/terraform.ts';
import { openWorldTerraform, summarise, type WorldDirectory, type WorldTerraform } from './testing/world-terraform.ts';

/** What the second phase of the configuration changes in place: `address: update attributes`. */
const changesInPlace = [
  'azurerm_consumption_budget_resource_group.month: update amount',
  'azurerm_data_protection_backup_vault.vault: update retention_duration_in_days',
  'azurerm_disk_encryption_set.disks: update key_vault_key_id',
  'azurerm_kubernetes_cluster.aks: update cost_analysis_enabled default_node_pool kubernetes_version maintenance_window_auto_upgrade maintenance_window_node_os monitor_metrics workload_autoscaler_profile',
  'azurerm_kubernetes_cluster_deployment_safeguard.aks: update level',
  'azurerm_kubernetes_cluster_extension.backup: update configuration_settings',
  'azurerm_kubernetes_cluster_node_pool.spot: update max_count',
  'azurerm_kubernetes_cluster_node_pool.user: update max_count',
  'azurerm_monitor_action_group.oncall: update email_receiver',
  'azurerm_monitor_data_collection_endpoint.prometheus: update description',
  'azurerm_monitor_diagnostic_setting.aks: update enabled_log',
  'azurerm_monitor_diagnostic_setting.logs: update enabled_log',
  'azurerm_monitor_metric_alert.cpu: update criteria',
  'azurerm_monitor_metric_alert.unready: update dynamic_criteria',
  'azurerm_monitor_workspace.prometheus: update public_network_access_enabled',
  'azurerm_resource_group_policy_assignment.pods: update enforce parameters',
  'azurerm_role_definition.credentials: update description',
  'azurerm_security_center_subscription_pricing.containers: update extension',
];

(hasTerraform ? describe : describe.skip)(
  'a configuration of the platform’s cluster, operations and governance',
  () => {
    let terraform: WorldTerraform;
    let directory: WorldDirectory;
    let configuration: string;
    let before: Set<string>;
    const everything = () => terraform.world.azure.resources().map(({ id }) => id);
    /** The plan for the configuration with some texts in it replaced. */
    const planWith = async (...edits: readonly (readonly [text: string, replacement: string])[]) => {
      for (const [text] of edits) expect(configuration).toContain(text);
      await directory.write(edits.reduce((all, [text, replacement]) => all.replace(text, replacement), configuration));
      const changes = summarise(await directory.plan());
      await directory.write(configuration);
      return changes;
    };

    beforeAll(async () => {
      terraform = await openWorldTerraform();
      before = new Set(everything());
      configuration = await readFile(new URL('./fixtures/operations.tf', import.meta.url), 'utf8');
      directory = await terraform.open('operations', configuration);
      await directory.apply();
    });
    afterAll(() => terraform.close());

    test('is left alone when nothing changes', async () => {
      expect(summarise(await directory.plan())).toEqual([]);
    });

    test('is made anew where nothing can be changed in place', async () => {
      const changes = await planWith(
        ['private_dns_zone_id        = azurerm_private_dns_zone.api.id', 'private_dns_zone_id = "None"'],
        ['azurerm_disk_encryption_set.disks.id', 'null'],
        ['eviction_policy       = "Delete"', 'eviction_policy = "Deallocate"'],
        ['notes      = "Logs', 'notes = "All logs'],
        ['time_zone                       = "UTC"', 'time_zone = "CET"'],
      );
      expect(changes).toEqual(
        expect.arrayContaining([
          'azurerm_kubernetes_cluster.aks: delete create disk_encryption_set_id private_dns_zone_id',
          'azurerm_kubernetes_cluster_node_pool.spot: delete create eviction_policy kubernetes_cluster_id',
          'azurerm_management_lock.logs: delete create notes',
          'azurerm_data_protection_backup_policy_kubernetes_cluster.daily: delete create time_zone',
        ]),
      );
    });

    test('is changed in place where only nodes are made anew', async () => {
      expect(await planWith(['max_pods                     = 110', 'max_pods = 60'])).toEqual([
        'azurerm_kubernetes_cluster.aks: update default_node_pool',
      ]);
    });

    test('what the sandbox does not play is refused by name', async () => {
      const text = 'identity { type = "SystemAssigned" }\n}\n\nresource "azurerm_kubernetes_cluster" "aks"';
      expect(configuration).toContain(text);
      await directory.write(configuration.replace(text, `auto_key_rotation_enabled = true\n  ${text}`));
      const { code, stderr } = await directory.run('plan', '-no-color', '-lock=false');
      await directory.write(configuration);
      expect(code).toBe(1);
      expect(stderr.replace(/\s+/g, ' ')).toContain(
        'does not play `auto_key_rotation_enabled` of azurerm_disk_encryption_set',
      );
    });

    test('a version that skips a minor fails in the words of AKS', async () => {
      await directory.write(configuration.replace('"1.35" : "1.34"', '"1.35" : "1.36"'));
      const { code, stderr } = await directory.run('apply', '-auto-approve', '-no-color', '-lock=false');
      await directory.write(configuration);
      expect(code).toBe(1);
      expect(stderr.replace(/[│\s]+/g, ' ')).toContain('Upgrading Kubernetes version 1.34.4 to 1.36.1 is not allowed.');
      expect(summarise(await directory.plan())).toEqual([]);
    });

    test('changes in place, and is left alone again', async () => {
      const second = ['-var', 'phase=2'];
      expect(summarise(await directory.plan(...second))).toEqual(changesInPlace);
      await directory.apply(...second);
      expect(summarise(await directory.plan(...second))).toEqual([]);
    });

    test('goes, and leaves what is always there', async () => {
      await directory.destroy();
      const left = everything().filter(id => !before.has(id) && !/NetworkWatcher/.test(id));
      expect(left.map(id => id.slice(id.lastIndexOf('/providers/')))).toEqual([
        '/providers/Microsoft.Security/pricings/Containers',
      ]);
    });
  },
);
