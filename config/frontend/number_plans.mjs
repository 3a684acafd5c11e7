// Of the metadata of phone numbers, what identifiers/numbering.js asks for: the main plan of each calling code, without
// formats, and kinds of numbers for the mainland alone. A tenth of the whole, which a page would load for nothing.
import { readFile } from "node:fs/promises";

const [FORMATS, TYPES] = [4, 11];

export const numberPlans = {
  name: "number-plans",
  setup(build) {
    build.onLoad({ filter: /libphonenumber-js[\\/]metadata\.max\.json\.js$/ }, async ({ path }) => {
      const all = JSON.parse(await readFile(path.replace(/\.js$/, ""), "utf8"));
      const main = Object.entries(all.country_calling_codes).map(([code, countries]) => [code, countries[0]]);
      const without = (plan, country) => plan.map((part, index) => (index === FORMATS ? [] : index === TYPES && country !== "CN" ? 0 : part));
      const kept = {
        version: all.version,
        country_calling_codes: Object.fromEntries(main.map(([code, country]) => [code, [country]])),
        countries: Object.fromEntries(main.map(([, country]) => [country, without(all.countries[country], country)])),
        nonGeographic: Object.fromEntries(Object.entries(all.nonGeographic).map(([code, plan]) => [code, without(plan, "")])),
      };
      return { contents: `export default ${JSON.stringify(kept)}`, loader: "js" };
    });
  },
};
