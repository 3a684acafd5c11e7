// IP addresses as Python's ipaddress reads them, and as RFC 5952 writes them.

/** The four numbers of an IPv4 address, null if the text is none; leading zeros are refused, being octal to some. */
export function parseV4(text) {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return null;
  }
  return parts.map(Number);
}

/** The eight numbers of an IPv6 address without a zone, null if the text is none. */
export function parseV6(text) {
  let parts = text.split(":");
  if (parts.length < 3) {
    return null;
  }
  if (parts.at(-1).includes(".")) {
    const v4 = parseV4(parts.at(-1));
    if (v4 === null) {
      return null;
    }
    const hex = (high, low) => (high * 256 + low).toString(16);
    parts = [...parts.slice(0, -1), hex(v4[0], v4[1]), hex(v4[2], v4[3])];
  }
  const halves = parts.join(":").split("::");
  if (halves.length > 2) {
    return null;
  }
  const [high, low = null] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = high.length + (low?.length ?? 0);
  if (low === null ? given !== 8 : given > 7) {
    return null;
  }
  const all = [...high, ...Array(8 - given).fill("0"), ...(low ?? [])];
  return all.every((part) => /^[0-9a-f]{1,4}$/i.test(part)) ? all.map((part) => parseInt(part, 16)) : null;
}

/** RFC 5952: the longest run of two zeros or more, the first of equals, becomes `::`. */
export function writeV6(parts) {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && parts[end] === 0) {
      end++;
    }
    if (end - at > best.length) {
      best = { at, length: end - at };
    }
  }
  const hex = parts.map((part) => part.toString(16));
  if (best.at < 0) {
    return hex.join(":");
  }
  return `${hex.slice(0, best.at).join(":")}::${hex.slice(best.at + best.length).join(":")}`;
}
