import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Releases by number, as people say them. */
const CODENAMES: Record<string, string> = {
  '10': 'buster',
  '11': 'bullseye',
  '12': 'bookworm',
  '13': 'trixie',
  '14': 'forky',
};

interface Source {
  uris: string[];
  suites: string[];
  components: string[];
  signedBy: string | null;
}

/** `12` is `bookworm`; a name is itself. */
export function codenameOf(release: string): string {
  return CODENAMES[release] ?? release;
}

/**
 * Where Debian comes from on this host: the lines of its own apt for that release; for another release the
 * archive that it has, with that suite; empty when it is no Debian, and mmdebstrap then knows the public one.
 */
export function debianSources(codename: string, etcApt = '/etc/apt'): string[] {
  const debian = sourcesIn(etcApt).filter(isDebians);
  const suites = [codename, `${codename}-updates`, `${codename}-security`];
  const own = debian.flatMap((source) =>
    linesOf(
      source,
      source.suites.filter((suite) => suites.includes(suite)),
    ),
  );
  if (own.some((line) => line.includes(` ${codename} `))) return own;
  const archive = debian.find((source) => source.suites.some((suite) => !/[-/]/.test(suite)));
  return archive ? linesOf({ ...archive, components: ['main'], signedBy: null }, [codename]) : [];
}

/** A stranger's archive may have a suite of the same name; it is not signed by Debian, or has no `main`. */
function isDebians({ components, signedBy }: Source): boolean {
  return components.includes('main') && (signedBy === null || signedBy.includes('debian-archive'));
}

function linesOf({ uris, components, signedBy }: Source, suites: string[]): string[] {
  const option = signedBy === null ? '' : `[signed-by=${signedBy}] `;
  return uris.flatMap((uri) => suites.map((suite) => `deb ${option}${uri} ${suite} ${components.join(' ')}`));
}

function sourcesIn(directory: string): Source[] {
  const parts = namesIn(join(directory, 'sources.list.d')).map((name) =>
    join(directory, 'sources.list.d', name),
  );
  return [join(directory, 'sources.list'), ...parts].flatMap((path) => {
    if (path.endsWith('.list')) return oneLiners(textOf(path));
    return path.endsWith('.sources') ? paragraphs(textOf(path)) : [];
  });
}

function oneLiners(text: string): Source[] {
  return [...text.matchAll(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)$/gm)].map((found) => {
    const [, options = '', uri = '', suite = '', components = ''] = found;
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1] ?? null;
    return { uris: [uri], suites: [suite], components: words(components.replace(/#.*/, '')), signedBy };
  });
}

/** deb822: a field with a value; comments between. A key written out in the file is nobody's path. */
function paragraphs(text: string): Source[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((paragraph) => {
      const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'im').exec(paragraph)?.[1]?.trim() ?? '';
      if (!words(field('Types')).includes('deb') || /^no$/i.test(field('Enabled'))) return [];
      const signedBy = field('Signed-By');
      return [
        {
          uris: words(field('URIs')),
          suites: words(field('Suites')),
          components: words(field('Components')),
          signedBy: signedBy.startsWith('/') ? signedBy : null,
        },
      ];
    });
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
