/** A page that has not come by then does not come. */
const AT_MOST_MS = 10_000;

let since = Number.NEGATIVE_INFINITY;

/** Another page was asked for; the one that is left is still shown. */
export function setOff(href: string): void {
  const { pathname } = new URL(href, window.location.href);
  since = pathname === window.location.pathname ? Number.NEGATIVE_INFINITY : performance.now();
}

export function arrive(): void {
  since = Number.NEGATIVE_INFINITY;
}

export const isLeaving = () => performance.now() - since < AT_MOST_MS;
