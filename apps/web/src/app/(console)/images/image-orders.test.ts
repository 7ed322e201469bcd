import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { imageOrders, type OrderHeard, underWay } from './image-orders.ts';

const order = (id: string, part: Partial<OrderHeard> = {}): OrderHeard => ({
  id,
  host: 'h1',
  name: id,
  stage: 'begun',
  line: null,
  sending: false,
  failed: null,
  ...part,
});

const page = new EventTarget();
beforeAll(() => void vi.stubGlobal('window', page));
afterAll(() => void vi.unstubAllGlobals());

/** Whether the browser would let this window go without a question. */
const letsGo = () => page.dispatchEvent(new Event('beforeunload', { cancelable: true }));

test('orders stand as they were begun, whichever of them says something', () => {
  imageOrders.put(order('one'));
  imageOrders.put(order('two'));
  imageOrders.put(order('one', { line: 'Unpacking' }));
  expect(imageOrders.all().map(({ id, line }) => [id, line])).toEqual([
    ['one', 'Unpacking'],
    ['two', null],
  ]);
  for (const id of ['one', 'two']) imageOrders.drop(id);
});

test('while an archive is sent the window is to stay, and is asked for before it goes', () => {
  expect(letsGo()).toBe(true);
  imageOrders.put(order('sent', { sending: true }));
  imageOrders.put(order('pulled'));
  expect(imageOrders.all().map(underWay)).toEqual([
    'Keep this window open until it is sent.',
    'It goes on when this page is left.',
  ]);
  expect(letsGo()).toBe(false);
  imageOrders.change('sent', { stage: 'sent 40 %', line: 'reading' });
  expect(underWay(imageOrders.all()[0] as OrderHeard)).toMatch(/^Keep this window/);
  expect(letsGo()).toBe(false);
  imageOrders.change('sent', { sending: false });
  expect(letsGo()).toBe(true);
  expect(underWay(imageOrders.all()[0] as OrderHeard)).toBe('reading');
  // What failed sends nothing any more.
  imageOrders.put(order('refused', { sending: true, failed: { message: 'The disk is full.' } }));
  expect(letsGo()).toBe(true);
});
