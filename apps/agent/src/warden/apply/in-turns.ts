/**
 * Lets so many acts be under way at once and the others wait in order: a thousand starts that begin together
 * end later than the same starts a few at a time, and hold the memory of all of them meanwhile.
 */
export function inTurns(most: number): <T>(act: () => Promise<T>) => Promise<T> {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await act();
    } finally {
      // Whoever waits takes this place over.
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}
