/** No task is chosen: the list alone. */
export default function TaskListPage() {
  return null;
}
