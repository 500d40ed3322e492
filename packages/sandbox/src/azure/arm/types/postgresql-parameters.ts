interface Parameter {
  readonly defaultValue: string;
  readonly dataType: 'Boolean' | 'Enumeration' | 'Integer' | 'Set' | 'String';
  readonly allowedValues: string;
  /** Whether a new value holds without a restart. */
  readonly isDynamicConfig: boolean;
  readonly isReadOnly: boolean;
}

const onOff = (defaultValue: 'on' | 'off', isDynamicConfig = true): Parameter => ({
  defaultValue,
  dataType: 'Boolean',
  allowedValues: 'on,off',
  isDynamicConfig,
  isReadOnly: false,
});
const choice = (defaultValue: string, ...values: readonly string[]): Parameter => ({
  defaultValue,
  dataType: 'Enumeration',
  allowedValues: values.join(','),
  isDynamicConfig: true,
  isReadOnly: false,
});
const free = (
  defaultValue: string,
  dataType: 'Integer' | 'Set' | 'String',
  allowedValues: string,
  isDynamicConfig = true,
): Parameter => ({ defaultValue, dataType, allowedValues, isDynamicConfig, isReadOnly: false });

/**
 * Those of some four hundred server parameters that platforms set, with the defaults that Microsoft Learn gives under
 * "Server parameters in Azure Database for PostgreSQL". The sandbox does not know the others.
 */
export const postgresqlParameters: Readonly<Record<string, Parameter>> = {
  'azure.accepted_password_auth_method': free('md5', 'Set', 'md5,scram-sha-256'),
  'azure.extensions': free('', 'Set', '.*'),
  'connection_throttle.enable': onOff('off'),
  idle_in_transaction_session_timeout: free('0', 'Integer', '0-2147483647'),
  log_checkpoints: onOff('on'),
  log_connections: onOff('on'),
  log_disconnections: onOff('on'),
  log_lock_waits: onOff('off'),
  log_min_duration_statement: free('-1', 'Integer', '-1-2147483647'),
  'logfiles.download_enable': onOff('off'),
  'logfiles.retention_days': free('3', 'Integer', '1-7'),
  max_connections: free('859', 'Integer', '25-5000', false),
  'metrics.collector_database_activity': onOff('off'),
  password_encryption: choice('scram-sha-256', 'md5', 'scram-sha-256'),
  'pgaudit.log': free('none', 'Set', 'none,read,write,function,role,ddl,misc,misc_set,all'),
  // The one that is written in other words (Azure Database for PostgreSQL, PgBouncer).
  'pgbouncer.enabled': choice('false', 'true', 'false'),
  require_secure_transport: onOff('on'),
  shared_preload_libraries: free('', 'Set', '.*', false),
  ssl_min_protocol_version: choice('TLSv1.2', 'TLSv1.2', 'TLSv1.3'),
  statement_timeout: free('0', 'Integer', '0-2147483647'),
  track_io_timing: onOff('off'),
  wal_level: { ...choice('replica', 'replica', 'logical'), isDynamicConfig: false },
  work_mem: free('4096', 'Integer', '4096-2097151'),
};
