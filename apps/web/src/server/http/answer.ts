import type { ServerResponse } from 'node:http';
import type { Refusal } from '@cellblock/shared/app-error';

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(body));
}

/** A refusal outside tRPC; pages and the sign-in client read `message`, programs `refusal`. */
export function answerRefusal(response: ServerResponse, status: number, refusal: Refusal): void {
  answerJson(response, status, { code: refusal.code, message: refusal.message, refusal });
}
