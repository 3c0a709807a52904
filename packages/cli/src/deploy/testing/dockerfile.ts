/** A Dockerfile as data, as far as ours goes: what is not understood is refused, so that no step is passed over. */
import {
  DockerfileParser,
  ModifiableInstruction,
  PropertyInstruction,
  type Instruction,
} from 'dockerfile-ast';

/** A `COPY`. */
export interface CopyStep {
  readonly from?: string;
  readonly owner?: number;
  readonly source: string;
  readonly target: string;
}

/** One `FROM` and what follows it. */
export interface Stage {
  readonly name?: string;
  readonly image: string;
  readonly workdir: string;
  readonly copies: readonly CopyStep[];
  /** Commands of the shell. */
  readonly runs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly user?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

type Draft = { -readonly [Key in keyof Stage]: Stage[Key] } & {
  copies: CopyStep[];
  runs: string[];
  environment: Record<string, string>;
  labels: string[];
};

/** Steps that change nothing of what a test can see. */
const declarations = new Set(['EXPOSE', 'STOPSIGNAL']);

export function readDockerfile(text: string): Stage[] {
  const file = DockerfileParser.parse(text);
  const stages: Draft[] = [];
  for (const instruction of file.getInstructions()) {
    const keyword: string = instruction.getKeyword();
    if (keyword === 'ARG') continue;
    if (keyword === 'FROM') {
      const [image = '', , name] = argumentsOf(instruction);
      stages.push({
        ...(name !== undefined && { name }),
        image,
        workdir: '/',
        copies: [],
        runs: [],
        environment: {},
        labels: [],
        entrypoint: [],
        command: [],
        healthcheck: [],
      });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`${keyword} stands before FROM`);
    if (!declarations.has(keyword)) apply(instruction, stage);
  }
  return stages;
}

function apply(instruction: Instruction, stage: Draft): void {
  const keyword = instruction.getKeyword();
  const given = argumentsOf(instruction);
  switch (keyword) {
    case 'COPY':
      stage.copies.push(copyStep(instruction, given));
      return;
    case 'RUN':
      stage.runs.push(instruction.getArgumentsContent() ?? '');
      return;
    case 'WORKDIR':
      stage.workdir = given[0] ?? '';
      return;
    case 'USER':
      stage.user = given[0] ?? '';
      return;
    case 'ENV':
      for (const [name, value] of properties(instruction)) stage.environment[name] = value;
      return;
    case 'LABEL':
      stage.labels.push(...properties(instruction).map(([name]) => name));
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = execForm(instruction);
      return;
    case 'CMD':
      stage.command = execForm(instruction);
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = execForm(instruction);
      return;
    default:
      throw new Error(`this reader of Dockerfiles does not know ${keyword}`);
  }
}

function argumentsOf(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

function copyStep(instruction: Instruction, [source, target, ...more]: readonly string[]): CopyStep {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  const given = new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? '']));
  const isUnknown = [...given.keys()].some((name) => name !== 'from' && name !== 'chown');
  if (source === undefined || target === undefined || more.length > 0 || isUnknown) {
    throw new Error(`COPY ${instruction.getArgumentsContent()} is not understood`);
  }
  const [from, owner] = [given.get('from'), given.get('chown')?.split(':')[0]];
  return {
    ...(from !== undefined && { from }),
    ...(owner !== undefined && { owner: Number(owner) }),
    source,
    target,
  };
}

function properties(instruction: Instruction): [string, string][] {
  if (!(instruction instanceof PropertyInstruction)) return [];
  return instruction.getProperties().map((property) => [property.getName(), property.getValue() ?? '']);
}

/** What a shell would have to take apart gets no signal, so it is refused. */
function execForm(instruction: Instruction): string[] {
  const text = instruction.getArgumentsContent() ?? '';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
}
