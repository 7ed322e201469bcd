import { redirect } from 'next/navigation';
import { paths } from '@/paths';

export default function Home() {
  redirect(paths.overview());
}
