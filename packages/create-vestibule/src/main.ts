/** From the command line to a project. */
import { resolve } from 'node:path';
import { helpText } from './help.ts';
import { nextSteps } from './nextSteps.ts';
import { ownVersion, planProject } from './planProject.ts';
import { projectNameOf } from './projectName.ts';
import { missingIn, readCommandLine, withDefaults, type Given, type Order } from './readCommandLine.ts';
import { obstaclesIn, writeProject } from './writeProject.ts';

/**
 * Runs the command.
 *
 * @param argv - The arguments after the program's name, for example `['my-portal', '--yes']`.
 * @returns the exit code.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const command = readCommandLine(argv);
  switch (command.name) {
    case 'help':
      process.stdout.write(helpText);
      return 0;
    case 'version':
      process.stdout.write(`${ownVersion()}\n`);
      return 0;
    case 'refuse':
      return refuse(`${command.reason}\nTry 'create-vestibule --help'.`, 2);
    case 'create':
      return create(command.given, command.takesDefaults);
  }
}

async function create(given: Given, takesDefaults: boolean): Promise<number> {
  const missing = missingIn(given);
  if (takesDefaults || missing.length === 0) return write(withDefaults(given));
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    return refuse(`nobody can be asked here: give ${missing.join(', ')}, or --yes for the defaults`, 2);
  }
  // Loaded only where somebody is asked.
  const { askAnswers } = await import('./askAnswers.ts');
  const order = await askAnswers(given);
  return order ? write(order) : 130;
}

function write(order: Order): number {
  const directory = resolve(order.directory);
  const name = projectNameOf(directory);
  if (name === undefined) return refuse(`npm takes no project of the name '${order.directory}'`, 2);
  const obstacles = obstaclesIn(directory);
  if (obstacles.length > 0) {
    const shown = [...obstacles.slice(0, 10), ...(obstacles.length > 10 ? ['…'] : [])];
    return refuse(`${directory} is not empty; nothing was written. In the way:\n  ${shown.join('\n  ')}`, 1);
  }
  try {
    writeProject(directory, planProject(order, { name, ...(order.packages !== undefined && order) }));
  } catch (error) {
    return refuse(`${(error as Error).message}; nothing was written`, 1);
  }
  process.stdout.write(`\nWritten: ${directory}\n\n${nextSteps(order).replace(/^(?=.)/gm, '  ')}\n\n`);
  return 0;
}

function refuse(reason: string, exitCode: number): number {
  process.stderr.write(`create-vestibule: ${reason}\n`);
  return exitCode;
}
