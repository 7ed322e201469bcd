import type { Metadata } from 'next';
import { NewJail } from './new-jail';

export const metadata: Metadata = { title: 'New jail' };

export default function NewJailPage() {
  return <NewJail />;
}
