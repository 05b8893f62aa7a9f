import type { Command } from 'commander';
import { fail } from '../error.js';
import { environment } from '../platform/index.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Adds the argument and the action of `completion` to a command. `program`: the program whose words are completed. */
export function addCompletion(command: Command, program: Command): Command {
  return command
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      '\nExamples:\n  xfdnn completion bash > ~/.local/share/bash-completion/completions/xfdnn\n  xfdnn completion fish | source\n',
    )
    .action((shell: string) => environment.writeOutput(completionScript(shell, program)));
}

/** A shell's script that completes the commands and flags of a program, and file names. Throws `usage` for other shells. */
export function completionScript(shell: string, program: Command): string {
  const known = SHELLS.find((each) => each === shell);
  if (known === undefined) fail('usage', 'completion', `expected ${SHELLS.join(', ')}, got "${shell}".`);
  return SCRIPTS[known](program.name(), program.commands.map(described));
}

/** A command with its flags. */
interface Described {
  readonly name: string;
  readonly text: string;
  readonly flags: readonly { readonly name: string; readonly text: string }[];
}

function described(command: Command): Described {
  const flags = command.options
    .filter(({ hidden }) => !hidden)
    .flatMap(({ long, description }) => (long == null ? [] : [{ name: long, text: description }]));
  return { name: command.name(), text: command.description(), flags };
}

const names = (list: readonly { readonly name: string }[]): string => list.map(({ name }) => name).join(' ');

/** A branch of a `case` for each command: its flags where the word begins with a hyphen. */
const branches = (commands: readonly Described[], line: (flags: string) => string): string =>
  commands.map((command) => `    ${command.name}) ${line(names(command.flags))} ;;\n`).join('');

const SCRIPTS: Readonly<Record<Shell, (program: string, commands: readonly Described[]) => string>> = {
  bash: (program, commands) => `_${program}() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  case \${COMP_WORDS[1]} in
${branches(commands, (flags) => `words="${flags}"`)}  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names(commands)}" -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _${program} ${program}
`,
  zsh: (program, commands) => `#compdef ${program}
_${program}() {
  local -a words_of
  case $words[2] in
${branches(commands, (flags) => `words_of=(${flags})`)}  esac
  if (( CURRENT == 2 )); then
    compadd -- ${names(commands)}
  elif [[ $words[CURRENT] == -* ]]; then
    compadd -- $words_of
  else
    _files
  fi
}
compdef _${program} ${program}
`,
  fish: (program, commands) =>
    commands
      .flatMap(({ name, text, flags }) => [
        `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(text)}`,
        ...flags.map(
          (flag) =>
            `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -l ${flag.name.slice(2)} -d ${quoted(flag.text)}`,
        ),
      ])
      .map((line) => `${line}\n`)
      .join(''),
};

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
