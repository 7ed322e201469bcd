/** One command of an nftables text, and its block when it has one. */
export interface NftCommand {
  words: string[];
  block: NftCommand[] | null;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|#[^\n]*|\\\n|[{};\n,]|[^\s{};,"]+/g;

/** Splits a text into words; quotes stay on, comments go. Null when a character fits nowhere. */
function tokens(text: string): string[] | null {
  const found: string[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (text.slice(end, match.index).trim() !== '') return null;
    end = match.index + match[0].length;
    if (!match[0].startsWith('#') && match[0] !== '\\\n') found.push(match[0]);
  }
  return text.slice(end).trim() === '' ? found : null;
}

/** Words after which `{` opens a block of commands; after others it opens a list of elements. */
const BLOCK = /^((add|create) )?(table|chain|set|map)( |$)/;

class Reader {
  private at = 0;
  private readonly list: string[];

  constructor(list: string[]) {
    this.list = list;
  }

  commands(inBlock: boolean): NftCommand[] | null {
    const commands: NftCommand[] = [];
    for (;;) {
      const token = this.list[this.at];
      if (token === undefined) return inBlock ? null : commands;
      if (token === '}') {
        if (!inBlock) return null;
        this.at += 1;
        return commands;
      }
      if (token === ';' || token === '\n') {
        this.at += 1;
        continue;
      }
      const command = this.command();
      if (!command) return null;
      commands.push(command);
    }
  }

  private command(): NftCommand | null {
    const words: string[] = [];
    for (;;) {
      const token = this.list[this.at];
      if (token === undefined || token === ';' || token === '\n' || token === '}')
        return { words, block: null };
      this.at += 1;
      if (token !== '{') {
        words.push(token);
        continue;
      }
      if (BLOCK.test(words.join(' '))) {
        const block = this.commands(true);
        return block && { words, block };
      }
      if (!this.elements(words)) return null;
    }
  }

  /** `{ a, b : c }` stays part of its command, newlines left out. */
  private elements(words: string[]): boolean {
    words.push('{');
    for (;;) {
      const token = this.list[this.at];
      this.at += 1;
      if (token === undefined || token === ';') return false;
      if (token === '\n') continue;
      words.push(token);
      if (token === '}') return true;
      if (token === '{') return false;
    }
  }
}

/** The commands of an nftables text (the part of the language that sets, maps, chains and rules need);
 *  null when it cannot be read. */
export function parseNftText(text: string): NftCommand[] | null {
  const list = tokens(text);
  return list && new Reader(list).commands(false);
}
