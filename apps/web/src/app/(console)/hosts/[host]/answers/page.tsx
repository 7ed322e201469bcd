import { HostAnswers } from './host-answers';

export default function HostAnswersPage() {
  return <HostAnswers />;
}
