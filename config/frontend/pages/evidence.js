// Adding evidence: the file's digest first, then its pieces, then the check. Pause, go on, give up; also after the page was left.
import { digestOf } from "../evidence/digest.js";
import { sendAll } from "../evidence/sending.js";
import { Problem, explainProblem, get, post, send } from "../platform/post.js";
import { translator } from "../text/translator.js";
import texts from "../text/evidence.js";

const FINAL = new Set(["media-refused", "archive-refused", "digest-differs"]); // these end the upload
const STEP = 10; // percent, between two things that a screen reader says
const ZONE = "+08:00"; // as all times of the portal

const t = translator(texts);
const root = document.querySelector("[data-evidence]");
const one = (name) => root.querySelector(`[data-${name}]`);
const form = one("form");
const door = {
  piece: (upload, offset, body, signal) =>
    send("PATCH", root.dataset.uploads + upload, {
      body,
      signal,
      headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset) },
    }),
  where: (upload, signal) => get(root.dataset.uploads + upload, { signal }),
};

/** @type {{ file: File | null, upload: { upload: string, offset: number } | null, stop: AbortController | null }} */
const work = { file: null, upload: null, stop: null };
if (root.dataset.upload) {
  work.upload = { upload: root.dataset.upload, offset: Number(root.dataset.offset) };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  work.file = form.elements.file.files[0] ?? null;
  if (work.file && form.reportValidity()) {
    run();
  }
});
one("toggle").addEventListener("click", () => (work.stop ? work.stop.abort() : run()));
one("cancel").addEventListener("click", cancel);
window.addEventListener("beforeunload", (event) => {
  if (work.stop) {
    event.preventDefault(); // the pieces that are stored stay; the one under way is lost
  }
});

/** Do what is left to do: read, announce, send, finish. */
async function run() {
  const { file } = work;
  const complaint = complaintAbout(file);
  if (complaint) {
    return fail(complaint);
  }
  work.stop = new AbortController();
  const { signal } = work.stop;
  show(file);
  try {
    await start(file, signal);
    say(t("sending"));
    const meter = new Meter(file.size, work.upload.offset);
    meter.draw(work.upload.offset);
    await sendAll(file, work.upload, {
      door,
      signal,
      onProgress: (stored) => { work.upload.offset = stored; meter.draw(stored); },
      onWait: (seconds) => say(t("waiting", { n: seconds })),
    });
    say(t("finishing"));
    const { body } = await post(`${root.dataset.uploads}${work.upload.upload}/finish`, {}, { signal });
    forget();
    work.stop = null;
    say(t("done"));
    location.assign(root.dataset.done.replace(/EV$/, body.evidence));
  } catch (error) {
    work.stop = null;
    failed(error);
  }
}

/** Make the digest, and announce the file; or check that a file to go on with is the one of then. */
async function start(file, signal) {
  if (work.digest) {
    return;
  }
  say(t("reading"));
  const digest = await digestOf(file, { signal, onRead: (bytes) => draw(bytes, file.size) });
  if (work.upload) {
    const kept = localStorage.getItem(slot());
    if (kept && kept !== digest) {
      throw new Error("file-other");
    }
  } else {
    say(t("announcing"));
    const { body } = await post(root.dataset.begin, announcement(file, digest), { signal });
    work.upload = body;
    localStorage.setItem(slot(), digest); // another file of this size is known before it is sent
  }
  work.digest = digest;
}

function announcement(file, digest) {
  const fields = Object.fromEntries([...new FormData(form)].filter(([name, value]) => name !== "file" && value !== ""));
  return {
    ...fields,
    collected_at: `${fields.collected_at}:00${ZONE}`,
    shared_with_parties: "shared_with_parties" in fields,
    file_name: file.name,
    size: file.size,
    sha256: digest,
  };
}

function complaintAbout(file) {
  if (file.size === 0) {
    return t("file-empty");
  }
  const most = Number(root.dataset.most);
  if (file.size > most) {
    return t("file-too-large", { most: sized(most) });
  }
  return root.dataset.size && file.size !== Number(root.dataset.size) ? t("file-other") : "";
}

async function cancel() {
  work.stop?.abort();
  try {
    if (work.upload) {
      await send("DELETE", root.dataset.uploads + work.upload.upload, { headers: { "Idempotency-Key": crypto.randomUUID() } });
    }
    forget();
    reset();
    say(t("canceled"));
    form.elements.file.focus();
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  one("toggle").textContent = t("go-on");
  if (error.name === "AbortError") {
    return say(t("paused"));
  }
  if (error instanceof Problem) {
    const ended = FINAL.has(error.code) || (work.digest && error.code === "transition-refused");
    fail([explainProblem(error), ended ? t("ended") : ""].filter(Boolean).join(" "));
    if (ended) {
      forget();
      reset();
    } else if (!work.upload) {
      reset();
    }
    return;
  }
  if (error.message === "file-other") {
    reset();
    return fail(t("file-other"));
  }
  fail(error.name === "NotReadableError" || error.name === "NotFoundError" ? t("file-changed") : String(error.message));
}

function show(file) {
  one("failure").hidden = true;
  form.hidden = true;
  one("sending").hidden = false;
  one("name").textContent = file.name;
  one("toggle").textContent = t("pause");
  one("toggle").focus();
}

/** Back to the form: what was entered is still there. An upload that was to go on stays the one to go on with. */
function reset() {
  work.digest = "";
  if (!root.dataset.upload) {
    work.upload = null;
  }
  one("sending").hidden = true;
  form.hidden = false;
}

function forget() {
  if (work.upload) {
    localStorage.removeItem(slot());
  }
  delete root.dataset.upload;
  delete root.dataset.size;
}

function slot() {
  return `aif-evidence|${work.upload.upload}`;
}

function say(sentence) {
  one("status").textContent = sentence;
}

function fail(sentence) {
  const box = one("failure");
  box.textContent = sentence;
  box.hidden = false;
  box.focus();
  say("");
}

function draw(done, size) {
  one("progress").value = done / size;
  one("figures").textContent = t("figures-still", { sent: sized(done), size: sized(size) });
}

function sized(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let place = 0;
  for (; bytes >= 1024 && place < 3; place += 1) {
    bytes /= 1024;
  }
  return `${bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: place ? 1 : 0 })} ${units[place]}`;
}

/** Shows how far an upload is, and says it aloud every tenth. */
class Meter {
  constructor(size, from) {
    Object.assign(this, { size, from, began: performance.now(), said: Math.floor((from / size) * (100 / STEP)) });
  }

  draw(stored) {
    draw(stored, this.size);
    const seconds = (performance.now() - this.began) / 1000;
    if (stored > this.from && seconds > 1) {
      const rate = (stored - this.from) / seconds;
      const left = (this.size - stored) / rate;
      one("figures").textContent = t("figures", {
        sent: sized(stored),
        size: sized(this.size),
        rate: sized(rate),
        left: left < 90 ? t("seconds", { n: Math.ceil(left) }) : t("minutes", { n: Math.ceil(left / 60) }),
      });
    }
    const step = Math.floor((stored / this.size) * (100 / STEP));
    if (step > this.said) {
      this.said = step;
      say(t("sent-n", { n: step * STEP }));
    }
  }
}
