/**
 * Whether this process runs in a container: by the files that Docker and Podman leave there, by what Kubernetes mounts into a
 * pod, and by the control group of the first process.
 */
import { existsSync, readFileSync } from 'node:fs';

/** What is looked at; the machine's own, but for tests. */
export interface Machine {
  exists(path: string): boolean;
  /** The text of a file; empty where it cannot be read. */
  read(path: string): string;
}

const leftThere: readonly string[] = [
  '/.dockerenv',
  '/run/.containerenv',
  '/var/run/secrets/kubernetes.io/serviceaccount',
];

export function isInContainer({ exists, read }: Machine): boolean {
  return (
    leftThere.some(exists) ||
    // Of the first process here, which in a container is not that of the machine.
    /KUBERNETES_SERVICE_HOST=|(?:^|\0)container=/.test(read('/proc/1/environ')) ||
    /docker|containerd|kubepods|libpod|lxc/.test(read('/proc/1/cgroup'))
  );
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  exists: existsSync,
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  },
};
