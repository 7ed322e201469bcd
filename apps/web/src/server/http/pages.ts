import http from 'node:http';
import type { WebEnv } from '../env.ts';
import { answerRefusal } from './answer.ts';
import type { Pages } from './handle-request.ts';

/** Next's request handler, or without pages the answer that there are none. */
export async function openPages(env: WebEnv): Promise<Pages> {
  if (env.apiOnly) {
    return async (_, response) => {
      answerRefusal(response, 404, {
        code: 'not-found',
        message: 'This dashboard serves its API only.',
        cause: 'It was started with CELLBLOCK_API_ONLY.',
        fix: 'Use the command line, or start it without: cellblock down; cellblock up',
      });
    };
  }
  const { default: next } = await import('next');
  // A server of its own, which never listens: Next adds an upgrade handler that would close our agents.
  const app = next({ dev: false, dir: import.meta.dirname, httpServer: new http.Server(), quiet: true });
  await app.prepare();
  return app.getRequestHandler();
}
