/** From the command line to what it asks for. */
import { helpText } from './help.ts';
import { ignoreClosedPipes } from './ignoreClosedPipes.ts';
import { readCommandLine } from './readCommandLine.ts';

/**
 * Runs the command. With `start` it returns once the backend is up or could not start; the process then lives until it is
 * told to stop.
 *
 * @param argv - The arguments after the program's name, for example `['start', '--config', 'app-config.yaml']`.
 * @public
 */
export async function main(argv: readonly string[]): Promise<void> {
  ignoreClosedPipes();
  const command = readCommandLine(argv);
  switch (command.name) {
    case 'help':
      process.stdout.write(helpText(command.topic));
      return;
    case 'version': {
      const { version } = await import('./version.ts');
      process.stdout.write(`${version()}\n`);
      return;
    }
    case 'refuse':
      process.stderr.write(
        `vestibule: ${command.reason}\nTry 'vestibule ${command.topic ? `${command.topic} ` : ''}--help'.\n`,
      );
      process.exitCode = 2;
      return;
    case 'start': {
      // Loaded on demand, so that --help and --version answer at once.
      const { createDefaultBackend } = await import('@vestibule/backend');
      const { runBackend } = await import('./runBackend.ts');
      await runBackend(createDefaultBackend({ configFiles: command.configFiles }));
      return;
    }
    case 'explain': {
      const { explain } = await import('./explain.ts');
      process.exitCode = await explain(command);
      return;
    }
    case 'sessions': {
      const { sessions } = await import('./sessions/sessions.ts');
      process.exitCode = await sessions(command);
      return;
    }
    case 'keys': {
      const { keys } = await import('./keys/keysCommand.ts');
      process.exitCode = await keys(command);
      return;
    }
    case 'graph': {
      const { graph } = await import('./graph/graph.ts');
      process.exitCode = await graph(command);
      return;
    }
    case 'migrate': {
      const { migrate } = await import('./migrate/migrate.ts');
      process.exitCode = await migrate(command);
      return;
    }
    case 'health': {
      const { health } = await import('./health.ts');
      process.exitCode = await health(command);
      return;
    }
    case 'check': {
      const { check } = await import('./check/check.ts');
      process.exitCode = await check(command);
      return;
    }
    case 'config': {
      if (command.act === 'schema') {
        const { printSchema } = await import('./config/printSchema.ts');
        process.exitCode = await printSchema(command);
      } else {
        const { printConfig } = await import('./config/printConfig.ts');
        process.exitCode = await printConfig(command);
      }
    }
  }
}
