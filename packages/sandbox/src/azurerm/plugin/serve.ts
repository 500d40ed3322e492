import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerCertificate } from './certificate.ts';
import { type Method, startGrpcServer } from './grpc-server.ts';
import type { Message } from './protobuf.ts';
import { type ProviderMethod, providerMethods } from './protocol.ts';

export type ProviderHandlers = {
  readonly [method in ProviderMethod]: (request: Message) => Promise<Message> | Message;
};

// go-plugin's guard against starting a plugin by hand; the value is Terraform's.
const magicCookie = [
  'TF_PLUGIN_MAGIC_COOKIE',
  'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
] as const;

export interface Plugin {
  /** go-plugin's handshake, which Terraform reads from the standard output of what it has started. */
  readonly handshake: string;
  /** Ends its connections and takes its socket away. */
  close(): void;
}

/**
 * Serves a provider to the Terraform process that gave `environment`: mutual TLS with the certificate found in
 * `PLUGIN_CLIENT_CERT`, gRPC on a Unix socket. `exit` is called when Terraform says so, or has left without a word.
 *
 * @throws when it was not Terraform.
 */
export async function servePlugin(
  handlers: ProviderHandlers,
  environment: NodeJS.ProcessEnv,
  exit: () => void,
): Promise<Plugin> {
  const clientCertificate = environment['PLUGIN_CLIENT_CERT'];
  if (environment[magicCookie[0]] !== magicCookie[1] || clientCertificate === undefined) {
    throw new Error('This program is a Terraform provider. Terraform starts it; it does nothing on its own.');
  }
  const { keyPem, certificatePem, der } = createServerCertificate(Date.now());
  const directory = mkdtempSync(join(environment['PLUGIN_UNIX_SOCKET_DIR'] ?? tmpdir(), 'plugin-'));
  const socket = join(directory, 's');

  const methods = new Map<string, Method>();
  for (const [name, shapes] of Object.entries(providerMethods)) {
    methods.set(`/tfplugin5.Provider/${name}`, { ...shapes, handle: handlers[name as ProviderMethod] });
  }
  methods.set('/plugin.GRPCController/Shutdown', {
    request: {},
    response: {},
    handle: () => {
      // The answer must leave first: Terraform waits two seconds for a plugin that dies without one.
      setImmediate(() => setImmediate(exit));
      return {};
    },
  });
  methods.set('/grpc.health.v1.Health/Check', {
    request: {},
    response: { status: [1, 'int'] },
    handle: () => ({ status: 1 }),
  });

  const server = await startGrpcServer({
    socket,
    key: keyPem,
    certificate: certificatePem,
    clientCertificate,
    methods,
    onLeft: exit,
  });
  return {
    // Fields: go-plugin's own protocol, Terraform's protocol, network, address, kind, certificate (base64 without padding).
    handshake: `1|5|unix|${socket}|grpc|${der.toString('base64').replace(/=+$/, '')}\n`,
    close: () => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
