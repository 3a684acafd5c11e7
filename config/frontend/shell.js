// What every page has: partial updates, small components, keyboard shortcuts. The pages work without it.
import "./shell/partials.js";
import "./shell/components.js";
import "./shell/shortcuts.js";
