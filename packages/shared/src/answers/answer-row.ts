/** One sentence of a founding mail that is tested on a host. The test itself is the agent's. */
export interface AnswerRow {
  /** mail and number, as in the requirements: M6 */
  id: string;
  /** the mail's own words; of what no mail says in so many words: what follows from them */
  sentence: string;
  /** the words above are not a mail's, but follow from what it asks for */
  implied?: true;
  /** what must hold, in one line */
  says: string;
  /** exhausts something of the machine on purpose: only where the bounds say `lab: true` */
  lab?: true;
}
