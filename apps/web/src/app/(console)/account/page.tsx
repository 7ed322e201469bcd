import type { Metadata } from 'next';
import { Account } from './account';

export const metadata: Metadata = { title: 'Your sign-in' };

export default function AccountPage() {
  return <Account />;
}
