import { redirect } from 'next/navigation';
import { paths } from '@/paths';

export default function AccessPage() {
  redirect(paths.access('users'));
}
