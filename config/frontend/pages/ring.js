// The picture of a ring: what the table below says, as nodes and links. Raw values come from this browser's map.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";
import { onTheme } from "../charts/colors.js";
import { MemberMap } from "../map/index.js";
import "../map/raw_values.js";
import { look } from "../ring/look.js";
import { translator } from "../text/translator.js";
import texts from "../text/matches.js";
import { place } from "../tokens/place.js";

const t = translator(texts);
const STEP = 1.3;
const { nodes, links } = JSON.parse(document.getElementById("picture").textContent);
const one = (name) => document.querySelector(`[data-${name}]`);

// Cytoscape would write a style element, which the policy forbids; it does not where an element of this name is there.
function forgoStyles() {
  const mark = document.createElement("meta");
  mark.id = "__________cytoscape_stylesheet";
  document.head.append(mark);
}

/** The name under each node: the raw value where the map knows it, else its kind. */
async function names() {
  const found = new Map(nodes.map((node) => [node.id, node.label]));
  try {
    const map = await MemberMap.open(place().owner);
    for (const node of nodes.filter((each) => each.client_ref)) {
      const raw = await map.raw([[node.client_ref, node.position]]);
      if (raw !== null) {
        found.set(node.id, raw);
      }
    }
  } catch {
    // a browser that keeps no data shows kinds
  }
  return found;
}

function elements(named) {
  return [
    ...nodes.map((node) => ({ data: { ...node, type: node.label, name: named.get(node.id) } })),
    ...links.map((link, index) => ({ data: { id: `l${index}`, ...link } })),
  ];
}

function arrange(graph) {
  graph.layout({ name: "fcose", animate: false, quality: "default", nodeSeparation: 90, idealEdgeLength: 80, padding: 30, randomize: true }).run();
}

class Picture {
  constructor(graph) {
    this.graph = graph;
    this.words = one("words");
    graph.on("select", ({ target }) => this.tell(target));
    graph.on("dbltap", "node", ({ target }) => this.unfold(target));
  }

  /** Say what a node is, or why a link is there; where it leads is a link below the picture. */
  tell(target) {
    const parts = [];
    if (target.isEdge()) {
      parts.push(`${target.source().data("name")} – ${target.target().data("name")}: ${target.data("why")}`);
    } else {
      const data = target.data();
      const name = data.kind === "clue" || data.name !== data.type ? data.name : "";
      parts.push(t(`node-${data.kind}`, { name, type: data.type, detail: data.detail }).replace(/ (?=[:：])/, ""));
      const folded = target.neighborhood("node.folded").length;
      if (folded) {
        parts.push(t("hidden-here", { n: folded }));
      }
    }
    this.words.textContent = parts.join(" ");
    const address = target.data("url");
    if (address) {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = "→";
      link.setAttribute("aria-label", target.data("name"));
      this.words.append(" ", link);
    }
  }

  /** Show or hide the identifiers of one clue that nobody shares. */
  unfold(node) {
    node.neighborhood('node[kind="own"]').toggleClass("folded");
    this.tell(node);
  }

  fold(all) {
    this.graph.nodes('[kind="own"]').toggleClass("folded", all);
    arrange(this.graph.elements(":visible"));
    this.graph.fit(this.graph.elements(":visible"), 30);
  }

  step(by) {
    const shown = this.graph.nodes(":visible").toArray();
    const at = shown.findIndex((node) => node.selected());
    const next = shown[(at + by + shown.length) % shown.length];
    this.graph.elements().unselect();
    next.select();
    this.graph.center(next);
  }

  zoom(how) {
    const middle = { x: this.graph.width() / 2, y: this.graph.height() / 2 };
    if (how === "fit") {
      this.graph.fit(this.graph.elements(":visible"), 30);
    } else {
      this.graph.zoom({ level: this.graph.zoom() * (how === "in" ? STEP : 1 / STEP), renderedPosition: middle });
    }
  }

  press(event) {
    const chosen = this.graph.nodes(":selected");
    const acts = {
      ArrowRight: () => this.step(1),
      ArrowDown: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      ArrowUp: () => this.step(-1),
      Enter: () => chosen.nonempty() && this.unfold(chosen[0]),
      Escape: () => event.target.blur(),
    };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  }
}

async function show() {
  if (nodes.length === 0) {
    return;
  }
  one("picture").hidden = false;
  forgoStyles();
  cytoscape.use(fcose);
  const canvas = one("canvas");
  const graph = cytoscape({ container: canvas, elements: elements(await names()), style: look(), wheelSensitivity: 0.3, minZoom: 0.1, maxZoom: 4 });
  const picture = new Picture(graph);
  picture.fold(true);
  const button = one("fold");
  button.hidden = graph.nodes('[kind="own"]').empty();
  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!all));
    button.textContent = t(all ? "fold-more" : "fold-less");
    picture.fold(all);
  });
  for (const each of document.querySelectorAll("[data-zoom]")) {
    each.addEventListener("click", () => picture.zoom(each.dataset.zoom));
  }
  canvas.addEventListener("keydown", (event) => picture.press(event));
  onTheme(() => graph.style(look()));
  document.addEventListener("tokens:changed", async () => {
    for (const [id, name] of await names()) {
      graph.getElementById(id).data("name", name);
    }
  });
}

await show();
