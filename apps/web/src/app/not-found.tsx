import { Link } from '@/app/link';
import { paths } from '@/paths';
import { buttonClass } from '@/ui/button-class';
import { BarePage } from './bare-page';

export default function NotFound() {
  return (
    <BarePage>
      <h1 className="text-title font-semibold text-strong">There is no such page</h1>
      <p className="mt-2 mb-4 text-muted">
        The address was cut off, or what it named goes by another name now. ⌘K finds things by name.
      </p>
      <Link href={paths.overview()} className={buttonClass('primary')}>
        To the overview
      </Link>
    </BarePage>
  );
}
