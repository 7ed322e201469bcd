/** How large a terminal is; a serial line says 0 of both, and most programs take it for the usual size then. */
export function windowOf(out: { columns?: number; rows?: number }): { columns: number; rows: number } {
  return { columns: out.columns || 80, rows: out.rows || 24 };
}
