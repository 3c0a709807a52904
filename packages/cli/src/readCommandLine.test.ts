import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from './readCommandLine.ts';

describe('the command line', () => {
  it('starts with the config files in their order', () => {
    expect(readCommandLine(['start'])).toEqual({ name: 'start', configFiles: [] });
    expect(readCommandLine(['start', '--config', 'a.yaml', '--config=b.yaml', '--config=-c.yaml'])).toEqual({
      name: 'start',
      configFiles: ['a.yaml', 'b.yaml', '-c.yaml'],
    });
  });

  it.each([
    [['--help'], { name: 'help' }],
    [['-h'], { name: 'help' }],
    [['help'], { name: 'help' }],
    [['start', '--help'], { name: 'help', topic: 'start' }],
    [['start', '--config', 'a.yaml', '-h'], { name: 'help', topic: 'start' }],
    [['help', 'explain'], { name: 'help', topic: 'explain' }],
    [['help', 'start'], { name: 'help', topic: 'start' }],
    [['help', '--help'], { name: 'help' }],
    [['--version'], { name: 'version' }],
    [['explain'], { name: 'explain', configFiles: [], json: false }],
    [
      ['explain', ' 3F9A0C71BE ', '--json', '--config', 'a.yaml'],
      { name: 'explain', configFiles: ['a.yaml'], reference: '3f9a0c71be', json: true },
    ],
    [['graph'], { name: 'graph', configFiles: [], form: 'text' }],
    [
      ['graph', '--html', '--output', 'graph.html', '--config=a.yaml'],
      { name: 'graph', configFiles: ['a.yaml'], form: 'html', output: 'graph.html' },
    ],
    [['graph', '--help', '--json'], { name: 'help', topic: 'graph' }],
    [['health'], { name: 'health', configFiles: [], timeoutMilliseconds: 3000 }],
    [
      ['health', '--url', 'https://[::1]:7007', '--timeout', '0.5'],
      { name: 'health', configFiles: [], url: 'https://[::1]:7007', timeoutMilliseconds: 500 },
    ],
    [['check'], { name: 'check', files: [], form: 'text', isProduction: false, isForAnyEnvironment: false }],
    [
      [
        'check',
        'b.yaml',
        '--config',
        'a.yaml',
        '--format=sarif',
        '--output',
        'o',
        '--production',
        '--any-environment',
      ],
      {
        name: 'check',
        files: ['a.yaml', 'b.yaml'],
        form: 'sarif',
        isProduction: true,
        isForAnyEnvironment: true,
        output: 'o',
      },
    ],
    [['config', 'schema', '--output', 'o'], { name: 'config', act: 'schema', output: 'o' }],
    [['config', 'print'], { name: 'config', act: 'print', configFiles: [], json: false }],
    [
      ['config', 'print', '--path', 'auth', '--json', '--config', 'a.yaml'],
      { name: 'config', act: 'print', configFiles: ['a.yaml'], json: true, path: 'auth' },
    ],
    [['config', '--help'], { name: 'help', topic: 'config' }],
    [['keys', 'list'], { name: 'keys', act: 'list', configFiles: [], form: 'text', wait: false }],
    [
      ['keys', 'rotate', '--wait', '--format=json', '--config', 'a.yaml'],
      { name: 'keys', act: 'rotate', configFiles: ['a.yaml'], form: 'json', wait: true },
    ],
    [['keys', 'rotate', '-h'], { name: 'help', topic: 'keys' }],
    [['config', 'print', '-h'], { name: 'help', topic: 'config' }],
  ])('understands %j', (argv, command) => {
    expect(readCommandLine(argv)).toEqual(command);
  });

  it.each([
    [[], 'no command is given'],
    [['keys'], "keys needs 'list' or 'rotate'"],
    [['keys', 'lst'], "unknown word 'lst'; did you mean 'list'?"],
    [['keys', 'list', '--wait'], "unknown option '--wait'"],
    [['keys', 'rotate', '--format', 'yaml'], "unknown format 'yaml'"],
    [['keys', 'rotate', 'now'], "'now' is not expected after keys rotate"],
    [['strat'], "unknown command 'strat'; did you mean 'start'?"],
    [['deploy'], "unknown command 'deploy'"],
    [['help', 'strat'], "unknown command 'strat'; did you mean 'start'?"],
    [['help', 'nonsense'], "unknown command 'nonsense'"],
    [['help', 'start', 'now'], "'now' is not expected after help start"],
    [['nonsense', '--help'], "unknown command 'nonsense'"],
    [['strat', '--help'], "unknown command 'strat'; did you mean 'start'?"],
    [['hlep'], "unknown command 'hlep'; did you mean 'help'?"],
    [['--verison'], "unknown option '--verison'; did you mean '--version'?"],
    [['start', '--cofnig', 'a.yaml'], "unknown option '--cofnig'; did you mean '--config'?"],
    [['start', '-x'], "unknown option '-x'"],
    [['start', '--json'], "unknown option '--json'"],
    [['explain', 'a', 'b'], "'b' is not expected after the reference"],
    [['explain', '--json=yes'], '--json takes no value'],
    [['explian'], "unknown command 'explian'; did you mean 'explain'?"],
    [['start', 'app-config.yaml'], "'app-config.yaml' is not expected after start"],
    [['start', '--config'], '--config needs a FILE'],
    [['check', '--format', 'sarfi'], "unknown format 'sarfi'; did you mean 'sarif'?"],
    [['check', '--format'], '--format needs a FORM'],
    [['config'], "config needs 'schema' or 'print'"],
    [['config', 'schem'], "unknown word 'schem'; did you mean 'schema'?"],
    [['config', 'print', 'auth'], "'auth' is not expected after config print"],
    [['config', 'print', '--path'], '--path needs a KEY'],
    [['config', 'schema', '--config', 'a.yaml'], 'config schema takes no --config'],
    [['chekc'], "unknown command 'chekc'; did you mean 'check'?"],
    [['start', '--config='], '--config needs a FILE'],
    [['start', '--config', '--config', 'a.yaml'], '--config needs a FILE'],
    [['start', '--output', 'a.txt'], "unknown option '--output'"],
    [['graph', 'auth'], "'auth' is not expected after graph"],
    [['graph', '--json', '--html'], '--json and --html exclude each other'],
    [['graph', '--text'], "unknown option '--text'"],
    [['graph', '--output'], '--output needs a FILE'],
    [['graph', '--htm'], "unknown option '--htm'; did you mean '--html'?"],
    [['health', '7007'], "'7007' is not expected after health"],
    [['health', '--url'], '--url needs a URL'],
    [['health', '--url', 'localhost:7007'], "'localhost:7007' is no http or https URL"],
    [['health', '--url', 'http://x', '--config', 'a.yaml'], '--url and --config exclude each other'],
    [['health', '--timeout', '--url=http://x'], '--timeout needs SECONDS'],
    [['health', '--timeout', '0'], "'0' is no number of seconds"],
    [['health', '--timeout', '1e3'], "'1e3' is no number of seconds"],
  ])('refuses %j with one sentence', (argv, reason) => {
    expect(readCommandLine(argv)).toMatchObject({ name: 'refuse', reason });
  });
});
