import { describe, expect, it } from '@jest/globals';
import { isInContainer, type Machine } from './container.ts';
import { loopbackInContainer } from './loopbackInContainer.ts';

const machine = (files: Record<string, string>): Machine => ({
  exists: (path) => path in files,
  read: (path) => files[path] ?? '',
});

describe('a container', () => {
  it.each<[string, Record<string, string>]>([
    ['Docker', { '/.dockerenv': '' }],
    ['Podman', { '/run/.containerenv': '' }],
    ['a pod with an account', { '/var/run/secrets/kubernetes.io/serviceaccount': '' }],
    ['a pod', { '/proc/1/environ': 'PATH=/bin\0KUBERNETES_SERVICE_HOST=10.0.0.1\0' }],
    ['systemd-nspawn', { '/proc/1/environ': 'container=systemd-nspawn\0' }],
    ['control groups', { '/proc/1/cgroup': '0::/kubepods/besteffort/pod1\n' }],
  ])('is recognised by what %s leaves', (_, files) => {
    expect(isInContainer(machine(files))).toBe(true);
  });

  it('is not what a machine is', () => {
    expect(
      isInContainer(machine({ '/proc/1/cgroup': '0::/init.scope\n', '/proc/1/environ': 'PATH=/bin\0' })),
    ).toBe(false);
    expect(isInContainer(machine({}))).toBe(false);
  });
});

describe('a listener in a container', () => {
  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])(
    'on %s is named, with the line to write',
    (host) => {
      expect(loopbackInContainer({ host, port: 7007 }, () => true)).toContain(
        "write in the config: backend: { listen: '0.0.0.0:7007' }",
      );
    },
  );

  it.each([undefined, '0.0.0.0', '::', '10.0.0.7'])('on %s is reached, and not named', (host) => {
    const address = host === undefined ? { port: 7007 } : { host, port: 7007 };
    expect(loopbackInContainer(address, () => true)).toBeUndefined();
  });

  it('on a port that the system chooses is left alone', () => {
    expect(loopbackInContainer({ host: '127.0.0.1', port: 0 }, () => true)).toBeUndefined();
  });

  it('is not looked for elsewhere', () => {
    expect(loopbackInContainer({ host: '127.0.0.1', port: 7007 }, () => false)).toBeUndefined();
  });
});
