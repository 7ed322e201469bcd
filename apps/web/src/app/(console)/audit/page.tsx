/** No event is chosen: the list alone. */
export default function AuditListPage() {
  return null;
}
