/**
 * The program of a target that has a `server.mjs` in its folder: it takes its settings as JSON, its port among them, and
 * answers `/health` when it is up.
 */
export function serverBeside(targetFolder, { folder, settings }) {
  return {
    args: [`${targetFolder}/server.mjs`, JSON.stringify(settings)],
    cwd: folder,
    port: settings.port,
    readyPath: '/health',
  };
}
