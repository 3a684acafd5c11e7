// Disputes: lists and pages show values from this browser's map; the form disputes one value by its token.
import "../map/raw_values.js";
import { dispute } from "../asking/acts.js";
import { Question } from "../asking/question.js";
import "../tokens/panel.js";

const root = document.querySelector("[data-asking=dispute]");
if (root) {
  const question = new Question(root, async (asked, signal) => {
    const { addresses } = question.asked;
    const { dispute: made } = await dispute(addresses.disputes, asked, signal);
    await question.unsent.drop();
    location.assign(`${addresses.dispute_list}/${made}`);
  });
}
