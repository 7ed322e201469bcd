/** Two bars in a square: the mark of the product. */
export function Brand() {
  return (
    <span className="flex items-center gap-2 font-semibold text-strong">
      <span aria-hidden className="relative inline-block size-4 rounded-cell bg-strong">
        <span className="absolute inset-1 border-x-[1.5px] border-surface-canvas" />
      </span>
      Cellblock
    </span>
  );
}
