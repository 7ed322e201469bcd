/** What libnftables' JSON says of the tables in a `list tables`. */
export function tablesInListing(listing: unknown): { family: string; table: string }[] {
  const items = (listing as { nftables?: { table?: { family: string; name: string } }[] }).nftables ?? [];
  return items.flatMap((item) => (item.table ? [{ family: item.table.family, table: item.table.name }] : []));
}
